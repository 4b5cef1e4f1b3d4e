use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AccountId, Reader, StoreError, Target, Writer,
    columns::{Json, Millis, words},
};

/// Number of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanId(pub i64);

/// How far a plan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// It can be looked at.
    Shown,
    /// It may be carried out.
    Approved,
    /// It was carried out.
    Done,
    /// It was given up, or a newer one took its place.
    Dropped,
}

words!(PlanState {
    Shown = "shown",
    Approved = "approved",
    Done = "done",
    Dropped = "dropped",
});

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To bring a portal to what Stripe says.
    Sync,
    /// To take back what was written.
    Undo,
}

words!(Purpose {
    Sync = "sync",
    Undo = "undo",
});

/// What would change in a portal.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Its number.
    pub id: PlanId,
    /// Which account and portal it is for.
    pub target: Target,
    /// What it is for.
    pub purpose: Purpose,
    /// What it was made from: the account's revision, or the last journal entry when it takes writes back.
    pub revision: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// How far it has come.
    pub state: PlanState,
    /// Its rows, counted.
    pub counts: Value,
}

/// One change, or one record that stays as it is, with the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRow {
    /// Its place in the plan, from 0.
    pub number: i64,
    /// The kind of record, such as `contacts`.
    pub object: String,
    /// What the record stands for.
    pub subject: String,
    /// What is to be done, such as `create`.
    pub action: String,
    /// What a person recognises it by.
    pub label: String,
    /// Fields before and after, or the reason.
    pub details: Value,
}

/// Which rows of a plan are looked for. What is `None` or empty does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanFilter {
    /// Only of these kinds of record.
    pub objects: Vec<String>,
    /// Only with these actions.
    pub actions: Vec<String>,
    /// Only those that change this property.
    pub property: Option<String>,
    /// Only those whose label or subject holds this text, in any case.
    pub text: String,
    /// Only those with these numbers.
    pub numbers: Option<Vec<i64>>,
    /// Only those that wait for the user's word, or only those that do not.
    pub held: Option<bool>,
    /// None with these actions.
    pub without: Vec<String>,
}

/// The rows of a plan that match a [`PlanFilter`], given as eight parameters.
pub(crate) const MATCHING: &str = "FROM plan_row JOIN plan ON plan.id = plan_row.plan WHERE plan_row.plan = ?1
     AND (?2 IS NULL OR object IN (SELECT value FROM json_each(?2)))
     AND (?3 IS NULL OR action IN (SELECT value FROM json_each(?3)))
     AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(details, '$.changes') AS change
                                WHERE change.value ->> 'property' = ?4)
         OR details ->> ('$.values.' || ?4) IS NOT NULL AND action = 'create')
     AND (?5 = '' OR instr(lower(label), lower(?5)) > 0 OR instr(lower(subject), lower(?5)) > 0)
     AND (?6 IS NULL OR number IN (SELECT value FROM json_each(?6)))
     AND (?7 IS NULL OR ?7 = EXISTS (SELECT 1 FROM hold WHERE hold.account = plan.account
                                     AND hold.portal = plan.portal AND hold.purpose = plan.purpose
                                     AND hold.object = plan_row.object AND hold.subject = plan_row.subject))
     AND action NOT IN (SELECT value FROM json_each(?8))";

impl Reader {
    /// One plan.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn plan(&self, id: PlanId) -> Result<Option<Plan>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT id, account, portal, purpose, revision, made_at_ms, state, counts FROM plan WHERE id = ?1",
        )?;
        Ok(query.query_row([id.0], plan).optional()?)
    }

    /// The newest plan for a purpose that is shown or approved.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn current_plan(
        &self,
        target: Target,
        purpose: Purpose,
    ) -> Result<Option<Plan>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT id, account, portal, purpose, revision, made_at_ms, state, counts FROM plan
             WHERE account = ?1 AND portal = ?2 AND purpose = ?3 AND state IN ('shown', 'approved')
             ORDER BY id DESC LIMIT 1",
        )?;
        Ok(query
            .query_row(params![target.account.0, target.portal, purpose], plan)
            .optional()?)
    }

    /// Up to `limit` rows of a plan from number `from` on; those of one action when it is given.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn plan_rows(
        &self,
        id: PlanId,
        action: Option<&str>,
        from: i64,
        limit: u32,
    ) -> Result<Vec<PlanRow>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT number, object, subject, action, label, details FROM plan_row
             WHERE plan = ?1 AND number >= ?3 AND (?2 IS NULL OR action = ?2) ORDER BY number LIMIT ?4",
        )?;
        let rows = query.query_map(params![id.0, action, from, limit], plan_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Up to `limit` of the rows that match, after the first `offset` of them, and how many match in all.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn find_plan_rows(
        &self,
        id: PlanId,
        filter: &PlanFilter,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<PlanRow>, u32), StoreError> {
        let total = self.count_plan_rows(id, filter)?;
        let mut query = self.0.prepare_cached(&format!(
            "SELECT number, object, subject, action, label, details {MATCHING} ORDER BY number LIMIT ?9 OFFSET ?10"
        ))?;
        let rows = query.query_map(
            params![
                id.0,
                filter.objects(),
                filter.actions(),
                filter.property,
                filter.text,
                filter.numbers(),
                filter.held,
                filter.without(),
                limit,
                offset
            ],
            plan_row,
        )?;
        Ok((rows.collect::<Result<_, _>>()?, total))
    }

    /// How many rows match.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn count_plan_rows(&self, id: PlanId, filter: &PlanFilter) -> Result<u32, StoreError> {
        let mut query = self
            .0
            .prepare_cached(&format!("SELECT count(*) {MATCHING}"))?;
        let matching = params![
            id.0,
            filter.objects(),
            filter.actions(),
            filter.property,
            filter.text,
            filter.numbers(),
            filter.held,
            filter.without()
        ];
        Ok(query.query_row(matching, |row| row.get(0))?)
    }
}

impl Writer {
    /// Keeps a plan to be shown; plans of the same target and purpose that were not carried out are dropped. The rows' numbers are
    /// set by their order.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn add_plan(
        &self,
        (target, purpose): (Target, Purpose),
        revision: i64,
        now: Timestamp,
        counts: &Value,
        rows: &[PlanRow],
    ) -> Result<PlanId, StoreError> {
        self.drop_plans(target, purpose)?;
        self.sql().execute(
            "INSERT INTO plan (account, portal, purpose, revision, made_at_ms, state, counts)
             VALUES (?1, ?2, ?3, ?4, ?5, 'shown', ?6)",
            params![
                target.account.0,
                target.portal,
                purpose,
                revision,
                Millis(now),
                Json(counts)
            ],
        )?;
        let id = PlanId(self.sql().last_insert_rowid());
        let mut add = self
            .sql()
            .prepare_cached("INSERT INTO plan_row VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for (number, row) in (0_i64..).zip(rows) {
            add.execute(params![
                id.0,
                number,
                row.object,
                row.subject,
                row.action,
                row.label,
                Json(&row.details)
            ])?;
        }
        Ok(id)
    }

    /// Gives up the plans for a purpose that were not carried out.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn drop_plans(&self, target: Target, purpose: Purpose) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE plan SET state = 'dropped'
             WHERE account = ?1 AND portal = ?2 AND purpose = ?3 AND state IN ('shown', 'approved')",
            params![target.account.0, target.portal, purpose],
        )?;
        Ok(())
    }

    /// Notes how far a plan has come.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn set_plan_state(&self, id: PlanId, state: PlanState) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE plan SET state = ?2 WHERE id = ?1",
            params![id.0, state],
        )?;
        Ok(())
    }

    /// Forgets the rows of plans that were dropped, and those plans.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn forget_dropped_plans(&self, account: AccountId) -> Result<(), StoreError> {
        self.sql().execute(
            "DELETE FROM plan WHERE account = ?1 AND state = 'dropped'",
            [account.0],
        )?;
        Ok(())
    }
}

fn plan_row(row: &Row<'_>) -> rusqlite::Result<PlanRow> {
    Ok(PlanRow {
        number: row.get(0)?,
        object: row.get(1)?,
        subject: row.get(2)?,
        action: row.get(3)?,
        label: row.get(4)?,
        details: row.get::<_, Json<_>>(5)?.0,
    })
}

fn plan(row: &Row<'_>) -> rusqlite::Result<Plan> {
    Ok(Plan {
        id: PlanId(row.get(0)?),
        target: Target {
            account: AccountId(row.get(1)?),
            portal: row.get(2)?,
        },
        purpose: row.get(3)?,
        revision: row.get(4)?,
        made_at: row.get::<_, Millis>(5)?.0,
        state: row.get(6)?,
        counts: row.get::<_, Json<_>>(7)?.0,
    })
}
