//! Files over the real relay: into a bucket, and into SQLite where no bucket is bound.

mod refusals;
mod story;
