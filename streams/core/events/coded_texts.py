"""A text column as numbers: what several collectors compare with texts of their own is looked up once per block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CodedTexts:
    """Distinct texts with their codes from 0, and each row's code; a null has the code after the last."""

    code_of: Mapping[str, int]
    codes: NDArray[np.int32]

    def equal(self, text: str) -> NDArray[np.bool_]:
        """Return True for each row with this text."""
        mask: NDArray[np.bool_] = self.codes == self.code_of.get(text, -1)
        return mask

    def is_in(self, texts: Iterable[str]) -> NDArray[np.bool_]:
        """Return True for each row with one of these texts."""
        chosen = np.zeros(len(self.code_of) + 1, np.bool_)
        chosen[[self.code_of[text] for text in texts if text in self.code_of]] = True
        return chosen.take(self.codes)


def coded(texts: pa.StringArray) -> CodedTexts:
    """Number the distinct texts of a column."""
    encoded = texts.dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    codes = encoded.indices.fill_null(len(distinct)).to_numpy()
    return CodedTexts({text: code for code, text in enumerate(distinct)}, codes)
