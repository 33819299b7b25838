"""Every engine that holds a table of ratings: what makes its frame of a pandas one."""

import dask.dataframe as dd
import duckdb
import polars as pl
import pyarrow as pa
import pytest

# Dask is in narwhals today and in a package narwhals-dask of its own some day; until that is out,
# nothing can be done.
dask_moves = pytest.mark.filterwarnings(
    "ignore:Dask support is moving out of Narwhals:FutureWarning"
)
ENGINES = {
    "arrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "arrow in pandas": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.from_pandas,
    "lazy polars": lambda frame: pl.from_pandas(frame).lazy(),
    "duckdb": lambda frame: duckdb.from_arrow(pa.Table.from_pandas(frame, preserve_index=False)),
    "dask": lambda frame: dd.from_pandas(frame, npartitions=3),
}
engines = [
    pytest.param(make, id=name, marks=[dask_moves] * (name == "dask"))
    for name, make in ENGINES.items()
]
