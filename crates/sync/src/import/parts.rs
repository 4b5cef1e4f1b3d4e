//! How one list is read in parts at once. Pure: it says which page to ask for next and learns what came.
//!
//! Stripe lists newest first and pages by the last id, so that one reader alone waits for every answer in turn. A list
//! that can be filtered by creation time is therefore cut into ranges of time, and cut again where it proves long.

use std::sync::Arc;

use clearsync_store::{CreatedRange, ImportCursor};

/// How many pages of one list are asked for at once.
const PAGES_AT_ONCE: usize = 4;
/// A part is cut so that about this many objects stay in its newer piece.
const PIECE_OBJECTS: i64 = 1_600;
/// A part with fewer objects left than this is not worth another cut.
const LEAST_OBJECTS_TO_CUT: i64 = 400;

/// One list, and how far each of its parts has been read.
#[derive(Debug)]
pub(super) struct Parts {
    list: Arc<str>,
    by_created: bool,
    pieces: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    range: CreatedRange,
    after_id: Option<String>,
    read_count: u64,
    done: bool,
    busy: bool,
    seen: Option<Seen>,
}

/// What was read of a part by this process, which tells how dense it is.
#[derive(Debug, Clone, Copy)]
struct Seen {
    objects: i64,
    newest_s: i64,
    oldest_s: i64,
}

/// The next page to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageWanted {
    pub(super) part: usize,
    pub(super) range: Option<CreatedRange>,
    pub(super) after_id: Option<String>,
}

/// What to do next for a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask for a page.
    Ask(PageWanted),
    /// Note that a part was cut in two, both at once, and ask what is next again.
    Cut([ImportCursor; 2]),
}

/// What a page held.
#[derive(Debug, Clone, Default)]
pub(super) struct PageRead {
    /// Creation time of each object in the order of the page, as far as it has one.
    pub(super) created_s: Vec<Option<i64>>,
    /// Id of the last object.
    pub(super) last_id: Option<String>,
    /// Whether the range goes on behind it.
    pub(super) has_more: bool,
}

impl Parts {
    /// A list that was not begun.
    pub(super) fn new(list: Arc<str>, by_created: bool) -> Self {
        Self {
            list,
            by_created,
            pieces: vec![Part::new(CreatedRange {
                from_s: None,
                before_s: None,
            })],
        }
    }

    /// A list that was begun before; `cursors` are what was noted then.
    pub(super) fn resumed(
        list: Arc<str>,
        by_created: bool,
        cursors: impl IntoIterator<Item = ImportCursor>,
    ) -> Self {
        let whole = CreatedRange {
            from_s: None,
            before_s: None,
        };
        let pieces = cursors
            .into_iter()
            .map(|cursor| Part {
                after_id: cursor.after_id,
                read_count: cursor.read_count,
                done: cursor.done,
                ..Part::new(cursor.range.unwrap_or(whole))
            })
            .collect();
        Self {
            list,
            by_created,
            pieces,
        }
    }

    /// How far every part has been read.
    pub(super) fn cursors(&self) -> Vec<ImportCursor> {
        (0..self.pieces.len())
            .map(|part| self.cursor(part))
            .collect()
    }

    /// Whether anything was asked for.
    pub(super) fn begun(&self) -> bool {
        self.pieces
            .iter()
            .any(|part| part.busy || part.done || part.after_id.is_some())
    }

    /// Whether the whole list has been read.
    pub(super) fn done(&self) -> bool {
        self.pieces.iter().all(|part| part.done)
    }

    /// Objects read so far, by this process and those before it.
    pub(super) fn read_count(&self) -> u64 {
        self.pieces.iter().map(|part| part.read_count).sum()
    }

    /// What to do next; nothing while enough is under way or all is read.
    pub(super) fn next(&mut self) -> Option<Step> {
        if self.pieces.iter().filter(|part| part.busy).count() >= PAGES_AT_ONCE {
            return None;
        }
        if let Some(part) = self.pieces.iter().position(|part| !part.done && !part.busy) {
            self.pieces[part].busy = true;
            return Some(Step::Ask(PageWanted {
                part,
                range: self.by_created.then_some(self.pieces[part].range),
                after_id: self.pieces[part].after_id.clone(),
            }));
        }
        self.cut().map(Step::Cut)
    }

    /// Takes in a page of a part; gives back how far the part has been read now.
    pub(super) fn page_came(&mut self, part: usize, page: &PageRead) -> ImportCursor {
        let read = &mut self.pieces[part];
        read.busy = false;
        let inside = |created_s: &Option<i64>| read.range.reaches_down_to(*created_s);
        read.read_count += page
            .created_s
            .iter()
            .filter(|created_s| inside(created_s))
            .count() as u64;
        let cut_off = page.created_s.last().is_some_and(|oldest| !inside(oldest));
        read.done = cut_off || !page.has_more || page.last_id.is_none();
        if let Some(last_id) = &page.last_id {
            read.after_id = Some(last_id.clone());
        }
        read.see(page);
        self.cursor(part)
    }

    /// The part's page did not come; it can be asked for again.
    pub(super) fn page_failed(&mut self, part: usize) {
        self.pieces[part].busy = false;
    }

    /// There is nothing to read after all.
    pub(super) fn close(&mut self) {
        self.pieces.iter_mut().for_each(|part| {
            part.busy = false;
            part.done = true;
        });
    }

    /// The object a part was to go on after is gone; it goes on from that object's creation time instead, or from its
    /// beginning when even the store does not know that time.
    pub(super) fn cursor_lost(&mut self, part: usize, created_s: Option<i64>) {
        let lost = &mut self.pieces[part];
        lost.busy = false;
        lost.after_id = None;
        if let Some(created_s) = lost.seen.map(|seen| seen.oldest_s).or(created_s) {
            lost.range.before_s = Some(created_s.saturating_add(1));
        }
    }

    /// Cuts the part with the most left to read, when it is worth it. The older piece is a new part.
    fn cut(&mut self) -> Option<[ImportCursor; 2]> {
        if !self.by_created {
            return None;
        }
        let cuts = self.pieces.iter().enumerate();
        let (part, at_s, _) = cuts
            .filter_map(|(part, whole)| {
                let (at_s, left) = whole.cut_at()?;
                Some((part, at_s, left))
            })
            .max_by_key(|&(_, _, left)| left)?;
        let whole = &mut self.pieces[part];
        let older = CreatedRange {
            from_s: whole.range.from_s,
            before_s: Some(at_s),
        };
        whole.range.from_s = Some(at_s);
        self.pieces.push(Part::new(older));
        Some([self.cursor(part), self.cursor(self.pieces.len() - 1)])
    }

    fn cursor(&self, part: usize) -> ImportCursor {
        let read = &self.pieces[part];
        ImportCursor {
            list: self.list.to_string(),
            shard: u32::try_from(part).unwrap_or(u32::MAX),
            range: self.by_created.then_some(read.range),
            after_id: read.after_id.clone(),
            read_count: read.read_count,
            done: read.done,
        }
    }
}

impl Part {
    fn new(range: CreatedRange) -> Self {
        Self {
            range,
            after_id: None,
            read_count: 0,
            done: false,
            busy: false,
            seen: None,
        }
    }

    fn see(&mut self, page: &PageRead) {
        let created = || page.created_s.iter().copied().flatten();
        let (Some(newest_s), Some(oldest_s)) = (created().max(), created().min()) else {
            return;
        };
        let objects = i64::try_from(page.created_s.len()).unwrap_or(i64::MAX);
        self.seen = Some(match self.seen {
            None => Seen {
                objects,
                newest_s,
                oldest_s,
            },
            Some(seen) => Seen {
                objects: seen.objects.saturating_add(objects),
                newest_s: seen.newest_s.max(newest_s),
                oldest_s: seen.oldest_s.min(oldest_s),
            },
        });
    }

    /// Where to cut, and about how many objects the older piece would get; an open-ended one counts as endless.
    fn cut_at(&self) -> Option<(i64, i64)> {
        let seen = self.seen.filter(|_| !self.done)?;
        let span_s = seen.newest_s.saturating_sub(seen.oldest_s).max(1);
        let seconds_for = |objects: i64| span_s.saturating_mul(objects) / seen.objects.max(1);
        let piece_s = seconds_for(PIECE_OBJECTS);
        let (keep_s, left) = match self.range.from_s {
            None => (piece_s, i64::MAX),
            Some(from_s) => {
                let left_s = seen.oldest_s.saturating_sub(from_s);
                let left = left_s.saturating_mul(seen.objects) / span_s;
                if left < LEAST_OBJECTS_TO_CUT {
                    return None;
                }
                (piece_s.min(left_s / 2), left)
            }
        };
        let at_s = seen.oldest_s.saturating_sub(keep_s.max(1));
        let inside = self.range.from_s.is_none_or(|from_s| at_s > from_s);
        inside.then_some((at_s, left))
    }
}

/// Whether an object belongs above a range's lower end. One without a creation time belongs anywhere.
trait ReachesDown {
    fn reaches_down_to(&self, created_s: Option<i64>) -> bool;
}

impl ReachesDown for CreatedRange {
    fn reaches_down_to(&self, created_s: Option<i64>) -> bool {
        match (self.from_s, created_s) {
            (Some(from_s), Some(created_s)) => created_s >= from_s,
            _ => true,
        }
    }
}
