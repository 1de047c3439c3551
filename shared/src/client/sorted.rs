//! A map as a sorted vector. A client holds tens of entries, seldom hundreds: searching is as quick as in a tree, and the
//! code of the trees was 17 KB of the widget's wasm.

/// Keys with their values, in the order of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorted<K, V>(Vec<(K, V)>);

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Sorted<K, V> {
    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(key))
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().and_then(|index| self.0.get(index)).map(|(_, value)| value)
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.place(key).ok().and_then(|index| self.0.get_mut(index)).map(|(_, value)| value)
    }

    /// Whether there is such a key.
    #[must_use]
    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// The value of a key, made and kept if there is none.
    #[expect(clippy::indexing_slicing, reason = "the place was found, or filled just before")]
    pub(super) fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let index = self.place(&key).unwrap_or_else(|index| {
            self.0.insert(index, (key, make()));
            index
        });
        &mut self.0[index].1
    }

    /// Puts a value in, in place of the one before.
    pub fn insert(&mut self, key: K, value: V) {
        match self.get_mut(&key) {
            Some(before) => *before = value,
            None => {
                self.get_or_insert_with(key, || value);
            }
        }
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.place(key).ok().map(|index| self.0.remove(index).1)
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(&V) -> bool) {
        self.0.retain(|(_, value)| keep(value));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn first_key(&self) -> Option<&K> {
        self.0.first().map(|(key, _)| key)
    }

    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_holds_what_a_tree_would_hold(steps in proptest::collection::vec((0_u8..3, 0_i64..12, any::<u8>()), 0..60)) {
            let (mut sorted, mut tree) = (Sorted::default(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => prop_assert_eq!(sorted.remove(&key), tree.remove(&key)),
                    1 => prop_assert_eq!(sorted.get_mut(&key), tree.get_mut(&key)),
                    _ => {
                        sorted.insert(key, value);
                        tree.insert(key, value);
                    }
                }
                prop_assert_eq!(sorted.first_key(), tree.keys().next());
                prop_assert_eq!(sorted.contains_key(&key), tree.contains_key(&key));
                prop_assert!(sorted.values().eq(tree.values()));
            }
        }
    }
}
