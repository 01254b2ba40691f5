"""The state of one compilation: variable slots, what each variable depends on, sites, caches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tl_passlab.interp.errors import Malformed
from tl_passlab.interp.program import DYNAMIC, LANES, UNIFORM, Code, Level, Site


class Build:
    """Slots are keyed by the hash of a variable's handle; `keep` holds the variables so that no hash is reused."""

    def __init__(self, level: Level, compile_expr: Callable[[Build, Any], Code]) -> None:
        self.level = level
        self._compile_expr = compile_expr
        self.slots: dict[int, int] = {}
        self.names: list[str] = []
        self.depends: dict[int, int] = {}
        self.units: dict[int, int] = {}
        self.written: set[int] = set()
        self.keep: list[Any] = []
        self.sites: list[Site] = []
        self.path: list[str] = []
        self.site = 0
        self.caches = 0
        self.memos = 0
        self.parallel_depth = 0
        self.vectorising = False
        self.safe_values: dict[int, Any] = {}
        self.grid: list[tuple[int, str, Code]] = []
        self.threads: list[tuple[int, str, Code | None]] = []
        self.launch_threads = [128, 1, 1]
        self.reducer: Any = None
        self.reducers: dict[int, str] = {}
        self.accumulating: set[int] = set()
        self.axis_slots: list[int] = []
        self.loop_ends: list[list[int]] = []
        self.kernel_end: list[int] = [0]
        self.meant: dict[int, Any] = {}
        self.touched: dict[int, None] = {}
        self.private: set[int] = set()
        self.ranges: dict[int, Any] = {}

    def expr(self, node: Any) -> Code:
        """Compile an expression."""
        return self._compile_expr(self, node)

    def slot(self, var: Any) -> int:
        """The slot of a variable, made when first seen."""
        key = hash(var)
        found = self.slots.get(key)
        if found is None:
            found = self.slots[key] = len(self.slots)
            self.names.append(str(var.name))
            self.keep.append(var)
        self.touched[found] = None
        return found

    def bind(self, var: Any, depends: int) -> int:
        """The slot of a variable that a statement defines, with what its value depends on."""
        slot = self.slot(var)
        self.depends[slot] = depends or UNIFORM
        return slot

    def data_slot(self, buffer: Any, itemsize: int) -> int:
        """The slot of a buffer's data variable; `itemsize` narrows the unit in which its bytes are tracked."""
        slot = self.slot(buffer.data)
        self.units[slot] = min(self.units.get(slot, itemsize), itemsize)
        return slot

    def at(self, node: Any) -> int:
        """Make a statement the current site, which later accesses are attributed to."""
        self.site = len(self.sites)
        self.sites.append(Site(self.site, node, " > ".join(self.path)))
        return self.site

    def hoist(self, code: Code) -> Code:
        """The same value, computed once per set of lanes when it depends on lanes alone."""
        if code.depends != LANES or code.leaf:
            return code
        index = self.caches
        self.caches += 1
        run = code.run

        def once(agent: Any) -> Any:
            value = agent.cache[index]
            if value is None:
                value = agent.cache[index] = run(agent)
            return value

        return Code(once, LANES, leaf=True)

    def memo(self) -> int:
        """A fresh address table."""
        self.memos += 1
        return self.memos - 1

    def waits_for_a_variable(self, node: Any) -> bool:
        """Whether an expression reads a variable that is bound only later: it is then evaluated where it is used."""
        from tvm.tirx import stmt_functor

        found: list[Any] = []
        stmt_functor.post_order_visit(node, lambda n: found.append(n) if type(n).__name__ == "Var" else None)
        return any(self.slots.get(hash(v), -1) not in self.depends for v in found)

    def variable(self, var: Any) -> Code:
        """Reading a variable."""
        slot = self.slot(var)
        name = str(var.name)
        if slot in self.meant:
            return self.expr(self.meant[slot])

        def read(agent: Any) -> Any:
            value = agent.env[slot]
            if value is None:
                raise Malformed(f"variable {name} is read before it is bound")
            return value

        return Code(read, self.depends.get(slot, DYNAMIC), leaf=True)
