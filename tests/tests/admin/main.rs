//! Provisioning over HTTP, on the real relay: organizations, tokens, keys, customers, one user's data.

mod tokens;
