"""Software pipelining: stages, shared-memory versions, and the copies that fill them."""
