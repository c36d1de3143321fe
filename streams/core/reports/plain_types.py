"""Columns of rarer Arrow types as types that every computation knows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def plain_table(table: pa.Table) -> pa.Table:
    """The same rows without views, run-end encoding, extension types, half floats and narrow decimals."""
    for place, field in enumerate(table.schema):
        values = table.column(place)
        plain = pa.chunked_array([_plain(chunk) for chunk in values.chunks] or values, _plain_type(field.type))
        if plain.type != field.type:
            table = table.set_column(place, field.with_type(plain.type), plain)
    return table


def _plain_type(kind: pa.DataType) -> pa.DataType:
    return _plain(pa.nulls(0, kind)).type


def _plain(values: pa.Array) -> pa.Array:
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(values.storage)
    if pa.types.is_run_end_encoded(kind):
        return _plain(pc.run_end_decode(values))
    if pa.types.is_dictionary(kind):
        plain = _plain(values.dictionary)
        return values if plain.type == kind.value_type else pa.DictionaryArray.from_arrays(values.indices, plain)
    if pa.types.is_float16(kind):
        return _widened(values)
    wider = _wider(kind)
    return values if wider is None else values.cast(wider)


def _wider(kind: pa.DataType) -> pa.DataType | None:
    """The type that holds all values of one that Arrow computes little with."""
    if pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_binary_view(kind):
        return pa.binary()
    if pa.types.is_decimal(kind) and kind.bit_width < 128:  # noqa: PLR2004 - bits
        return pa.decimal128(kind.precision, kind.scale)
    return None


def _widened(halves: pa.Array) -> pa.Array:
    """Half floats as the doubles that are written alike: 0.1 becomes 0.1. There are few different ones."""
    distinct, places = np.unique(halves.to_numpy(zero_copy_only=False).astype(np.float16), return_inverse=True)
    doubles = np.array([float(str(half)) for half in distinct], np.float64)[places]
    return pa.array(doubles, mask=halves.is_null().to_numpy(zero_copy_only=False))
