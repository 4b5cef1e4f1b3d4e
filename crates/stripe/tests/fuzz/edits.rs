//! Arbitrary edits of JSON.

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

/// One edit, of the value that a walk over the whole tree meets at a place.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    /// Something else stands there.
    Replace(Index, Value),
    /// What stands somewhere else stands there too.
    Copy(Index, Index),
    /// The number there is another one.
    Shift(Index, i64),
    /// The first entry there is gone.
    Shorten(Index),
    /// The last entry there stands there twice.
    Repeat(Index),
}

pub(crate) fn any_edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let near = prop_oneof![
        prop::sample::select(vec![1, -1, 86_400, -86_400, 2_592_000, -2_592_000]),
        any::<i64>(),
    ];
    prop_oneof![
        3 => (at(), junk()).prop_map(|(at, junk)| Edit::Replace(at, junk)),
        2 => (at(), at()).prop_map(|(at, from)| Edit::Copy(at, from)),
        4 => (at(), near).prop_map(|(at, by)| Edit::Shift(at, by)),
        1 => at().prop_map(Edit::Shorten),
        1 => at().prop_map(Edit::Repeat),
    ]
}

fn junk() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-1000_i64..1000).prop_map(Value::from),
        (1_700_000_000_i64..1_800_000_000).prop_map(Value::from),
        prop::sample::select(vec![i64::MIN, i64::MAX, 253_402_207_200, -377_705_023_201])
            .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "-?[0-9]{0,40}(\\.[0-9]{0,30})?(e-?[0-9]{1,3})?".prop_map(Value::from),
        prop::sample::select(vec![
            "usd",
            "kwd",
            "isk",
            "day",
            "year",
            "metered",
            "tiered",
            "graduated",
            "volume",
            "canceled",
            "trialing",
            "void",
            "draft",
            "once",
            "repeating",
            "inclusive",
            "down",
        ])
        .prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
    ]
}

impl Edit {
    pub(crate) fn apply(&self, root: &mut Value) {
        match self {
            Self::Replace(at, junk) => *picked(root, *at, |_| true) = junk.clone(),
            Self::Copy(at, from) => {
                let copied = picked(root, *from, |value| size(value) < 200).clone();
                *picked(root, *at, |_| true) = copied;
            }
            Self::Shift(at, by) => {
                let number = picked(root, *at, Value::is_number);
                if let Some(before) = number.as_i64() {
                    *number = before.saturating_add(*by).into();
                }
            }
            Self::Shorten(at) => {
                if let Value::Array(rows) = picked(root, *at, Value::is_array)
                    && !rows.is_empty()
                {
                    rows.remove(0);
                }
            }
            Self::Repeat(at) => {
                if let Value::Array(rows) = picked(root, *at, Value::is_array) {
                    rows.extend(rows.last().cloned());
                }
            }
        }
    }
}

/// One of the values in the tree that fit, or the root when none does.
fn picked(root: &mut Value, at: Index, fits: fn(&Value) -> bool) -> &mut Value {
    let count = fitting(root, fits);
    if count == 0 {
        return root;
    }
    let mut left = at.index(count);
    if let Some(path) = path_to(root, &mut left, fits) {
        return root.pointer_mut(&path).unwrap();
    }
    root
}

fn fitting(value: &Value, fits: fn(&Value) -> bool) -> usize {
    usize::from(fits(value))
        + children(value)
            .map(|(_, child)| fitting(child, fits))
            .sum::<usize>()
}

fn path_to(value: &Value, left: &mut usize, fits: fn(&Value) -> bool) -> Option<String> {
    if fits(value) {
        if *left == 0 {
            return Some(String::new());
        }
        *left -= 1;
    }
    children(value).find_map(|(name, child)| {
        let rest = path_to(child, left, fits)?;
        Some(format!(
            "/{}{rest}",
            name.replace('~', "~0").replace('/', "~1")
        ))
    })
}

fn children(value: &Value) -> impl Iterator<Item = (String, &Value)> {
    let rows = value.as_array().into_iter().flatten().enumerate();
    let fields = value.as_object().into_iter().flatten();
    rows.map(|(place, child)| (place.to_string(), child))
        .chain(fields.map(|(name, child)| (name.clone(), child)))
}

fn size(value: &Value) -> usize {
    fitting(value, |_| true)
}
