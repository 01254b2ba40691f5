"""Tests of the modules that touch tvm and tilelang."""
