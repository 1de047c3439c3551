//! Chance: the seed, and the few ways it is asked.

use shared::backoff::Dice;

pub(super) struct Chance {
    dice: Dice,
}

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        // Neighbouring seeds must not give neighbouring runs.
        let mut dice = Dice::new(seed);
        let mixed = dice.roll();
        Self { dice: Dice::new(mixed) }
    }

    pub(super) fn roll(&mut self) -> u64 {
        self.dice.roll()
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.dice.below((high - low + 1).max(1) as u64) as i64
    }

    pub(super) fn index(&mut self, length: usize) -> usize {
        self.dice.below(length as u64) as usize
    }

    pub(super) fn permille(&mut self, chances: u64) -> bool {
        chances > 0 && self.dice.below(1000) < chances
    }

    pub(super) fn percent(&mut self, chances: u64) -> bool {
        self.permille(chances * 10)
    }

    /// The index of a weight, as often as its share; the last one if all are zero.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.dice.below(weights.iter().sum::<u64>().max(1));
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    pub(super) fn entropy(&mut self) -> [u8; relay_core::hub::ENTROPY_BYTES] {
        let mut bytes = [0; relay_core::hub::ENTROPY_BYTES];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.dice.roll().to_le_bytes());
        }
        bytes
    }
}
