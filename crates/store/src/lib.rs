//! Everything ClearSync remembers, in one SQLite file.
