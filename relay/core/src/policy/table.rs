//! Buckets by key, in bounded memory.

use std::collections::BTreeMap;

use shared::limits::Rate;
use shared::time::Timestamp;

use super::rate::Bucket;

/// Buckets of those who came lately. Two generations: when the younger one has as many keys as it may, it becomes the older
/// one, and the older one is forgotten. Whoever comes moves to the younger one, so only those are forgotten who have not
/// come while that many others have; they find a full bucket, as strangers do.
#[derive(Debug)]
pub struct Table<K> {
    keys_max: usize,
    young: BTreeMap<K, Bucket>,
    old: BTreeMap<K, Bucket>,
}

impl<K: Ord> Table<K> {
    /// An empty one, for at most twice as many keys.
    #[must_use]
    pub fn new(keys_max: usize) -> Self {
        Self { keys_max: keys_max.max(1), young: BTreeMap::new(), old: BTreeMap::new() }
    }

    /// Takes a token out of a key's bucket.
    ///
    /// # Errors
    /// If it is empty: after how many milliseconds there is one.
    pub fn take(&mut self, key: K, now: Timestamp, rate: Rate) -> Result<(), i64> {
        if let Some(bucket) = self.young.get_mut(&key) {
            return bucket.take(now, rate);
        }
        let mut bucket = self.old.remove(&key).unwrap_or_default();
        let taken = bucket.take(now, rate);
        if self.young.len() >= self.keys_max {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, bucket);
        taken
    }

    /// How many keys it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.young.len().saturating_add(self.old.len())
    }

    /// Whether nobody has come yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.young.is_empty() && self.old.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 1, every_ms: 60_000 };
    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn memory_is_bounded_however_many_come() {
        let mut table = Table::new(100);
        assert!(table.is_empty());
        for key in 0..100_000 {
            assert_eq!(table.take(key, NOW, RATE), Ok(()));
            assert!(table.len() <= 200, "{}", table.len());
        }
    }

    #[test]
    fn who_keeps_coming_is_remembered_through_a_crowd_of_strangers() {
        let mut table = Table::new(100);
        assert_eq!(table.take(-1, NOW, RATE), Ok(()));
        for key in 0..10_000 {
            let _ = table.take(key, NOW, RATE);
            assert!(table.take(-1, NOW, RATE).is_err(), "after {key} strangers");
        }
    }

    #[test]
    fn who_stays_away_is_forgotten_only_after_as_many_strangers_as_it_holds() {
        let mut table = Table::new(100);
        assert_eq!(table.take(-1, NOW, RATE), Ok(()));
        (0..99).for_each(|key| assert_eq!(table.take(key, NOW, RATE), Ok(())));
        assert!(table.take(-1, NOW, RATE).is_err());
        (0..300).for_each(|key| assert_eq!(table.take(1_000 + key, NOW, RATE), Ok(())));
        assert_eq!(table.take(-1, NOW, RATE), Ok(()));
    }
}
