"""Statements that run often: Core says them once, and on SQLite the driver runs them with nothing in between.

SQLAlchemy takes 40 to 100 µs to run a statement that it has compiled already; SQLite takes about ten to find a row by
its key. An update runs five statements, so that most of its time would go there. A Statement is compiled by
SQLAlchemy, with the types of its columns, and then run on the driver's own connection.

PostgreSQL is asked over a connection beside which SQLAlchemy's time is small, and errors of that connection are for
SQLAlchemy to judge: there it runs the statement as ever. Both answer the same values.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson
from sqlalchemy import func, literal_column, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Dialect
    from sqlalchemy.sql.compiler import SQLCompiler

Convert: TypeAlias = "Callable[[Any], Any] | None"
"""How a value goes to the driver, or comes from it; None: as it is."""

DRIVER: Final = "redraft_sqlite"
"""The execution option of a connection that names the driver's connection beneath it."""

_FEW: Final = 2
"""Of a list: for so few, what JSON costs by itself is more than it saves."""

_LONGEST_FILLED: Final = 16_384
"""SQLite as it comes takes 32,766 parameters."""


def as_stored(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column's values as the driver has them, for a reader that needs only some of them read, or compared.

    An instant is its milliseconds on both databases. An id is text on SQLite, and a UUID on PostgreSQL.
    """
    return type_coerce(column, NullType())


class Statement:
    """A Core statement whose parameters are all named; one that stands for a list is `expanding`."""

    def __init__(self, core: Any, *, finds_many: bool = False) -> None:
        """finds_many: whether it finds many rows, if its lists are not short. It is then a SELECT of columns that hold
        no bytes and no floats, and are not made by SQLite's JSON functions, in the order of columns."""
        self.core = core
        self._finds_many = finds_many
        self._on_sqlite: _OnSqlite | None = None

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Every row it finds, each with the columns in their order."""
        driver = _driver_of(connection)
        if driver is None:
            found: Sequence[Sequence[Any]] = connection.execute(self.core, values).all()
            return found
        compiled = self._compiled(connection)
        text, parameters = compiled.said(values)
        try:
            if text.in_one is None:
                rows: Sequence[Sequence[Any]] = driver.execute(text.sql, parameters).fetchall()
            else:
                rows = orjson.loads(driver.execute(text.in_one, parameters).fetchone()[0])
        except sqlite3.Error as error:
            raise _named(error, text.in_one or text.sql, connection.dialect) from error
        return compiled.read(rows)

    def run(self, connection: Connection, *rows: Mapping[str, Any]) -> int:
        """Run it once for each of these rows of values; how many rows of the table an UPDATE or a DELETE found.

        None of the values is a list where there are several rows.
        """
        if not rows:
            return 0
        driver = _driver_of(connection)
        if driver is None:
            return connection.execute(self.core, rows[0] if len(rows) == 1 else list(rows)).rowcount
        compiled = self._compiled(connection)
        text, parameters = compiled.said(rows[0])
        try:
            if len(rows) == 1:
                return driver.execute(text.sql, parameters).rowcount
            return driver.executemany(text.sql, [compiled.said(row)[1] for row in rows]).rowcount
        except sqlite3.Error as error:
            raise _named(error, text.sql, connection.dialect) from error

    def _compiled(self, connection: Connection) -> _OnSqlite:
        if self._on_sqlite is None:
            self._on_sqlite = _OnSqlite(self.core, connection.dialect, finds_many=self._finds_many)
        return self._on_sqlite


class _OnSqlite:
    """A statement compiled for SQLite: its text, and how values go in and come out."""

    def __init__(self, core: Any, dialect: Dialect, *, finds_many: bool) -> None:
        compiled: SQLCompiler = core.compile(dialect=dialect)
        self._compiled = compiled
        self._in_one: SQLCompiler | None = _all_in_one(core).compile(dialect=dialect) if finds_many else None
        self._dialect = dialect
        self._lists = [bind.key for bind in compiled.binds.values() if bind.expanding]
        self._constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        self._texts: dict[tuple[int, ...], _Text] = {}
        columns = list(getattr(core, "selected_columns", ()))
        converts = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._reads = [(index, convert) for index, convert in enumerate(converts) if convert is not None]

    def said(self, values: Mapping[str, Any]) -> tuple[_Text, list[Any]]:
        """The text for lists as long as these, and the parameters."""
        given = {**self._constants, **values} if self._constants else values
        lists = {name: _filled(given[name]) for name in self._lists}
        lengths = tuple(map(len, lists.values()))
        if (text := self._texts.get(lengths)) is None:
            text = self._texts[lengths] = self._text_for({**given, **lists})
        if not lists:
            return text, [given[name] if convert is None else convert(given[name]) for name, convert in text.places]
        parameters: list[Any] = []
        for name, convert in text.places:
            each = lists.get(name) or (given[name],)
            parameters += each if convert is None else map(convert, each)
        return text, parameters

    def _text_for(self, values: Mapping[str, Any]) -> _Text:
        state = self._compiled.construct_expanded_state(values)
        lists = {each: name for name, names in state.parameter_expansion.items() for each in names}
        names = iter(state.positiontup or ())
        places: list[tuple[str, Convert]] = []
        for each in names:
            name = lists.get(each, each)
            bound = self._compiled.binds[name].type.dialect_impl(self._dialect)
            places.append((name, bound.bind_processor(self._dialect)))
            if each in lists:  # the rest of the list follows
                deque(islice(names, len(values[name]) - 1), maxlen=0)
        if self._in_one is None or (self._lists and all(len(values[name]) <= _FEW for name in self._lists)):
            return _Text(state.statement, places, None)
        return _Text(state.statement, places, self._in_one.construct_expanded_state(values).statement)

    def read(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """The rows, with their values read. Lists, which nobody else has, are read in place."""
        if not self._reads or not rows:
            return rows
        read: Any = rows if isinstance(rows[0], list) else [list(row) for row in rows]
        for index, convert in self._reads:
            for row in read:
                row[index] = convert(row[index])
        return read  # type: ignore[no-any-return]


def _all_in_one(core: Any) -> Any:
    """The same rows in the same order, with the same parameters in their places, as one text of JSON.

    SQLite makes it ten times as fast as Python makes tuples, and the interpreter is let go of once: for each row it
    would be let go of, and waited for if somebody else has work. Each row is made a text where it is found, since
    rows that are handed on have every column copied. SQLite promises no order of what it joins; it keeps the order of
    what it joins from, as a test sees to.
    """
    row = func.json_array(*core.selected_columns).label("row")
    rows = func.group_concat(core.with_only_columns(row).subquery("found").c.row)
    return select(literal_column("'['").concat(func.coalesce(rows, literal_column("''"))).concat(literal_column("']'")))


@dataclass(frozen=True, slots=True)
class _Text:
    """places: of each parameter in turn its name, and how it goes to the driver; one place for a whole list. in_one:
    the text that has all rows come as one, where they do."""

    sql: str
    places: list[tuple[str, Convert]]
    in_one: str | None


def _filled(values: Sequence[Any]) -> Sequence[Any]:
    """A list as long as one of few lengths, so that there are few texts. What is there twice is looked for once."""
    if len(values) < 2 or len(values) > _LONGEST_FILLED:
        return values
    length = 1 << (len(values) - 1).bit_length()
    return [*values, *[values[-1]] * (length - len(values))]


def _driver_of(connection: Connection) -> sqlite3.Connection | None:
    """The driver's own connection, if statements are to be run on it."""
    if connection._has_events or connection.engine._has_events:
        return None  # whoever listens to SQLAlchemy is to hear of everything
    driver: sqlite3.Connection | None = connection.get_execution_options().get(DRIVER)
    return driver


def _named(error: sqlite3.Error, sql: str, dialect: Dialect) -> Exception:
    """The error as SQLAlchemy raises it, without the values."""
    return DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True, dialect=dialect)
