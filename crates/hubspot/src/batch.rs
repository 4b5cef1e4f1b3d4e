use std::collections::BTreeSet;

/// The most records HubSpot takes in one batch.
pub const LARGEST_BATCH: usize = 100;

/// Something that is told from the others of its batch by a key.
pub trait Keyed {
    /// What tells it from the others.
    type Key: Ord + Clone;

    /// Its key.
    fn key(&self) -> Self::Key;
}

/// At most [`LARGEST_BATCH`] inputs, at least one, no key twice: HubSpot rejects a whole batch that names a record twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch<T>(Vec<T>);

/// Why inputs make no batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// There is nothing to send.
    #[error("the batch is empty")]
    Empty,
    /// More than [`LARGEST_BATCH`].
    #[error("{len} inputs are more than a batch takes")]
    TooMany {
        /// How many there are.
        len: usize,
    },
    /// One key stands twice.
    #[error("a key stands twice in the batch")]
    Repeated,
}

impl<T: Keyed> Batch<T> {
    /// Makes a batch.
    ///
    /// # Errors
    /// [`BatchError`] says why the inputs make none.
    pub fn new(inputs: Vec<T>) -> Result<Self, BatchError> {
        let keys: BTreeSet<T::Key> = inputs.iter().map(Keyed::key).collect();
        match inputs.len() {
            0 => Err(BatchError::Empty),
            len if len > LARGEST_BATCH => Err(BatchError::TooMany { len }),
            len if len > keys.len() => Err(BatchError::Repeated),
            _ => Ok(Self(inputs)),
        }
    }

    /// What is sent.
    #[must_use]
    pub fn inputs(&self) -> &[T] {
        &self.0
    }
}

/// Inputs made into batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed<T> {
    /// Batches, all full but the last, in the order of the inputs.
    pub batches: Vec<Batch<T>>,
    /// Inputs whose key an earlier input has.
    pub repeated: Vec<T>,
}

/// Fills batches in the order of `inputs`.
pub fn pack<T: Keyed>(inputs: impl IntoIterator<Item = T>) -> Packed<T> {
    let mut seen = BTreeSet::new();
    let (unique, repeated): (Vec<T>, Vec<T>) = inputs
        .into_iter()
        .partition(|input| seen.insert(input.key()));
    let mut batches = Vec::with_capacity(unique.len().div_ceil(LARGEST_BATCH));
    let mut rest = unique.into_iter();
    loop {
        let next: Vec<T> = rest.by_ref().take(LARGEST_BATCH).collect();
        if next.is_empty() {
            return Packed { batches, repeated };
        }
        batches.push(Batch(next));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl Keyed for (u16, usize) {
        type Key = u16;

        fn key(&self) -> u16 {
            self.0
        }
    }

    proptest! {
        #[test]
        fn batches_are_full_and_unique(keys in prop::collection::vec(0u16..600, 0..1_000)) {
            let inputs: Vec<(u16, usize)> = keys.iter().copied().zip(0..).collect();
            let packed = pack(inputs.clone());
            let distinct: BTreeSet<u16> = keys.iter().copied().collect();
            prop_assert_eq!(packed.batches.len(), distinct.len().div_ceil(100), "no more batches than needed");
            if let Some((_, full)) = packed.batches.split_last() {
                prop_assert!(full.iter().all(|batch| batch.inputs().len() == 100));
            }
            let sent: Vec<(u16, usize)> =
                packed.batches.iter().flat_map(|batch| batch.inputs().to_vec()).collect();
            let sent_keys: BTreeSet<u16> = sent.iter().map(Keyed::key).collect();
            prop_assert_eq!(sent_keys.len(), sent.len(), "a key was sent twice");
            let mut all: Vec<(u16, usize)> = sent.into_iter().chain(packed.repeated).collect();
            all.sort_unstable_by_key(|input| input.1);
            prop_assert_eq!(all, inputs, "nothing lost, nothing made up");
        }
    }

    #[test]
    fn a_batch_keeps_its_bounds() {
        let inputs = |count: u16| (0..count).map(|key| (key, 0)).collect::<Vec<_>>();
        assert!(Batch::new(inputs(100)).is_ok());
        assert_eq!(Batch::new(inputs(0)), Err(BatchError::Empty));
        assert_eq!(
            Batch::new(inputs(101)),
            Err(BatchError::TooMany { len: 101 })
        );
        assert_eq!(Batch::new(vec![(1, 0), (1, 1)]), Err(BatchError::Repeated));
    }
}
