"""Settings: the model, and where its values come from."""

from streams.settings.model import Settings
from streams.settings.sources import Flags, SettingsError, load_settings

__all__ = ["Flags", "Settings", "SettingsError", "load_settings"]
