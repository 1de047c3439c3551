//! A list on the screen whose rows keep their nodes: a row that changed is told so by a signal of its own, so focus,
//! selection and a screen reader's place survive what happens elsewhere in the list.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// One row: its key, and what it shows.
pub type Row<K, T> = (K, ArcRwSignal<T>);

/// The rows in their order. Keys are unique.
pub struct Rows<K: 'static, T: 'static>(RwSignal<Vec<Row<K, T>>>);

impl<K, T> Clone for Rows<K, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T> Copy for Rows<K, T> {}

impl<K, T> Rows<K, T>
where
    K: Ord + Clone + Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    pub fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// The rows, now and whenever one came, went or moved.
    pub fn get(self) -> Vec<Row<K, T>> {
        self.0.get()
    }

    /// Shows `next`. Tells only the rows that changed, and the list only if its keys did.
    pub fn show(self, next: Vec<(K, T)>) {
        let old = self.0.get_untracked();
        let same_keys = old.len() == next.len() && old.iter().zip(&next).all(|((old, _), (new, _))| old == new);
        let mut known: BTreeMap<K, ArcRwSignal<T>> = old.into_iter().collect();
        let rows: Vec<Row<K, T>> = next
            .into_iter()
            .map(|(key, value)| match known.remove(&key) {
                Some(signal) => {
                    if signal.with_untracked(|shown| *shown != value) {
                        signal.set(value);
                    }
                    (key, signal)
                }
                None => (key, ArcRwSignal::new(value)),
            })
            .collect();
        if !same_keys {
            self.0.set(rows);
        }
    }
}
