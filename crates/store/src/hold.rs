use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::params;

use crate::{
    PlanFilter, PlanId, Purpose, Reader, StoreError, Target, Writer,
    columns::{Json, Millis},
    plan::MATCHING,
};

impl Reader {
    /// What plans of a purpose may not write before the user says so, as object and subject.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn holds(
        &self,
        target: Target,
        purpose: Purpose,
    ) -> Result<BTreeSet<(String, String)>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT object, subject FROM hold WHERE account = ?1 AND portal = ?2 AND purpose = ?3",
        )?;
        let rows = query.query_map(params![target.account.0, target.portal, purpose], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Holds what one record is to get, until the user says otherwise.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn hold(
        &self,
        target: Target,
        purpose: Purpose,
        (object, subject): (&str, &str),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR IGNORE INTO hold VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                target.account.0,
                target.portal,
                purpose,
                object,
                subject,
                Millis(now)
            ])?;
        Ok(())
    }

    /// Lets one record be written again.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn release(
        &self,
        target: Target,
        purpose: Purpose,
        (object, subject): (&str, &str),
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "DELETE FROM hold WHERE account = ?1 AND portal = ?2 AND purpose = ?3
                 AND object = ?4 AND subject = ?5",
            )?
            .execute(params![
                target.account.0,
                target.portal,
                purpose,
                object,
                subject
            ])?;
        Ok(())
    }

    /// Lets everything be written again.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn release_all(&self, target: Target, purpose: Purpose) -> Result<(), StoreError> {
        self.sql().execute(
            "DELETE FROM hold WHERE account = ?1 AND portal = ?2 AND purpose = ?3",
            params![target.account.0, target.portal, purpose],
        )?;
        Ok(())
    }

    /// Holds the rows of a plan that match.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn hold_rows(
        &self,
        plan: PlanId,
        filter: &PlanFilter,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(&format!(
                "INSERT OR IGNORE INTO hold
                 SELECT plan.account, plan.portal, plan.purpose, object, subject, ?9
                 {MATCHING}"
            ))?
            .execute(params![
                plan.0,
                filter.objects(),
                filter.actions(),
                filter.property,
                filter.text,
                filter.numbers(),
                filter.held,
                filter.without(),
                Millis(now)
            ])?;
        Ok(())
    }

    /// Releases the rows of a plan that match.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn release_rows(&self, plan: PlanId, filter: &PlanFilter) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(&format!(
                "DELETE FROM hold WHERE (account, portal, purpose, object, subject) IN
                 (SELECT plan.account, plan.portal, plan.purpose, object, subject {MATCHING})"
            ))?
            .execute(params![
                plan.0,
                filter.objects(),
                filter.actions(),
                filter.property,
                filter.text,
                filter.numbers(),
                filter.held,
                filter.without()
            ])?;
        Ok(())
    }
}

impl PlanFilter {
    pub(crate) fn objects(&self) -> Option<Json<&Vec<String>>> {
        (!self.objects.is_empty()).then_some(Json(&self.objects))
    }

    pub(crate) fn actions(&self) -> Option<Json<&Vec<String>>> {
        (!self.actions.is_empty()).then_some(Json(&self.actions))
    }

    pub(crate) fn numbers(&self) -> Option<Json<&Vec<i64>>> {
        self.numbers.as_ref().map(Json)
    }

    pub(crate) fn without(&self) -> Json<&Vec<String>> {
        Json(&self.without)
    }
}
