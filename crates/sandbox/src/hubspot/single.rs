//! Calls on one record, lists of records, and merging.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    association::NewAssociation,
    call::ObjectCall,
    object_type::addresses,
    portal::{Portal, Sent},
    record::{Record, Source, Values},
    reply::{Answer, Refusal, Reply},
    write::HeldAddress,
};

#[derive(Deserialize)]
struct NewRecord {
    properties: Values,
    #[serde(default)]
    associations: Vec<NewAssociation>,
}

#[derive(Deserialize)]
struct Change {
    properties: Values,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Merge {
    primary_object_id: String,
    object_id_to_merge: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GdprDelete {
    object_id: String,
    id_property: Option<String>,
}

impl Portal {
    pub(super) fn objects(&mut self, name: &str, call: &ObjectCall, sent: &Sent) -> Answer {
        let type_id = self.object_type(name)?.id.clone();
        match call {
            ObjectCall::List => self.list(&type_id, sent),
            ObjectCall::Create => self.create_one(&type_id, sent),
            ObjectCall::Get(id) => self.get_one(&type_id, id, sent),
            ObjectCall::Update(id) => self.update_one(&type_id, id, sent),
            ObjectCall::Archive(id) => {
                let id = id.parse().map_err(|_| Refusal::not_found())?;
                self.archive_record(&type_id, id)?;
                Ok(Reply::no_content())
            }
            ObjectCall::BatchCreate => self.batch_create(&type_id, sent),
            ObjectCall::BatchRead => self.batch_read(&type_id, sent),
            ObjectCall::BatchUpdate => self.batch_update(&type_id, sent),
            ObjectCall::BatchUpsert => self.batch_upsert(&type_id, sent),
            ObjectCall::BatchArchive => self.batch_archive(&type_id, sent),
            ObjectCall::Search => self.search(&type_id, sent),
            ObjectCall::Merge => self.merge_two(&type_id, sent),
            ObjectCall::GdprDelete => self.gdpr_delete(&type_id, sent),
        }
    }

    fn create_one(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let new: NewRecord = sent.read()?;
        let writer = sent.writer(HeldAddress::Conflict);
        let id = self.create_associated(type_id, &new.properties, &new.associations, writer)?;
        Ok(Reply::created(self.written(
            type_id,
            id,
            &new.properties,
        )?))
    }

    fn update_one(&mut self, type_id: &str, key: &str, sent: &Sent) -> Answer {
        let change: Change = sent.read()?;
        let id = self.find_forwarded(type_id, key, sent)?;
        self.update_record(
            type_id,
            id,
            &change.properties,
            sent.writer(HeldAddress::HalfMade),
        )?;
        Ok(Reply::ok(self.written(type_id, id, &change.properties)?))
    }

    fn get_one(&self, type_id: &str, key: &str, sent: &Sent) -> Answer {
        let object_type = self.object_type(type_id)?;
        let record = if sent.flag("archived") {
            key.parse()
                .ok()
                .and_then(|id| object_type.record_or_binned(id))
                .filter(|record| record.archived_at.is_some())
        } else {
            object_type.record(self.find_forwarded(type_id, key, sent)?)
        };
        let record = record.ok_or_else(Refusal::not_found)?;
        let mut shown = self.show_as_asked(type_id, record, sent);
        for to in sent.listed("associations") {
            let to_type = self.object_type(&to)?;
            let plural = to_type.plural_label.to_lowercase().replace(' ', "_");
            let linked = self
                .associations
                .of(&object_type.id, record.id, &to_type.id);
            let results: Vec<Value> = linked
                .map(|(id, _)| {
                    let kind = format!(
                        "{}_to_{}",
                        object_type.message_name.to_lowercase(),
                        to_type.message_name.to_lowercase()
                    );
                    json!({"id": id.to_string(), "type": kind})
                })
                .collect();
            if !results.is_empty() {
                shown["associations"][plural] = json!({"results": results});
            }
        }
        Ok(Reply::ok(shown))
    }

    fn list(&self, type_id: &str, sent: &Sent) -> Answer {
        let limit: usize = match sent.parameter("limit") {
            Some(limit) => limit
                .parse()
                .ok()
                .filter(|limit| (1..=100).contains(limit))
                .ok_or_else(|| Refusal::validation("limit must be between 1 and 100"))?,
            None => 10,
        };
        let after: u64 = sent
            .parameter("after")
            .and_then(|after| after.parse().ok())
            .unwrap_or(0);
        let object_type = self.object_type(type_id)?;
        let mut all: Vec<&Record> = if sent.flag("archived") {
            object_type.binned().collect()
        } else {
            object_type.records().collect()
        };
        all.retain(|record| record.id >= after);
        let next = all.get(limit).map(|record| record.id);
        let results: Vec<Value> = all
            .into_iter()
            .take(limit)
            .map(|record| self.show_as_asked(type_id, record, sent))
            .collect();
        let mut body = json!({"results": results});
        if let Some(next) = next {
            body["paging"] = json!({"next": {"after": next.to_string()}});
        }
        Ok(Reply::ok(body))
    }

    /// A record by id or unique property. Unlike batches, single calls follow the ids of merged records.
    fn find_forwarded(&self, type_id: &str, key: &str, sent: &Sent) -> Result<u64, Refusal> {
        let property = sent.parameter("idProperty");
        if let Some(found) = self.find(type_id, key, property) {
            return Ok(found);
        }
        let id: u64 = key.parse().map_err(|_| Refusal::not_found())?;
        let object_type = self.object_type(type_id)?;
        object_type
            .record(object_type.forwarded(id))
            .map(|record| record.id)
            .filter(|_| property.is_none())
            .ok_or_else(Refusal::not_found)
    }

    fn written(&self, type_id: &str, id: u64, properties: &Values) -> Result<Value, Refusal> {
        let object_type = self.object_type(type_id)?;
        let record = object_type.record(id).ok_or_else(Refusal::not_found)?;
        let system = [
            "hs_object_id",
            object_type.created_property(),
            object_type.modified_property(),
        ];
        let names = properties.keys().map(String::as_str).chain(system);
        Ok(record.to_json(names, false))
    }

    fn show_as_asked(&self, type_id: &str, record: &Record, sent: &Sent) -> Value {
        let with_history = sent.listed("propertiesWithHistory");
        let mut shown = self.show(type_id, record, &sent.listed("properties"), &with_history);
        if !with_history.is_empty() {
            shown["propertiesWithHistory"] = record.history_json(&with_history);
        }
        shown
    }

    /// A record with the properties asked for, or the usual ones when none are. Unknown ones are left out.
    pub(super) fn show(
        &self,
        type_id: &str,
        record: &Record,
        asked: &[String],
        further: &[String],
    ) -> Value {
        let Ok(object_type) = self.object_type(type_id) else {
            return Value::Null;
        };
        let now = self.now();
        let system = [
            "hs_object_id",
            object_type.created_property(),
            object_type.modified_property(),
        ];
        let chosen = if asked.is_empty() {
            &object_type.shown_by_default
        } else {
            asked
        };
        let names = chosen
            .iter()
            .chain(further)
            .map(String::as_str)
            .chain(system)
            .filter(|name| object_type.live_property(name, now).is_some());
        record.to_json(names, self.shape.absent_as_null)
    }

    fn merge_two(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let merge: Merge = sent.read()?;
        let primary = merge
            .primary_object_id
            .parse()
            .map_err(|_| Refusal::not_found())?;
        let other = merge
            .object_id_to_merge
            .parse()
            .map_err(|_| Refusal::not_found())?;
        let survivor = self.merge_records(type_id, primary, other)?;
        let record = self
            .object_type(type_id)?
            .record(survivor)
            .ok_or_else(Refusal::not_found)?;
        Ok(Reply::ok(self.show(type_id, record, &[], &[])))
    }

    /// Merges two records and gives back the id of the one that is left.
    pub(super) fn merge_records(
        &mut self,
        type_id: &str,
        primary: u64,
        other: u64,
    ) -> Result<u64, Refusal> {
        let object_type = self.object_type(type_id)?;
        let (Some(kept), Some(gone)) = (object_type.record(primary), object_type.record(other))
        else {
            return Err(Refusal::not_found());
        };
        if primary == other {
            return Err(Refusal::validation("A record cannot be merged with itself"));
        }
        let mut survivor = kept.clone();
        let gone = gone.clone();
        let mut gained = Values::new();
        for (name, value) in &gone.values {
            if survivor.get(name).is_none() {
                gained.insert(name.clone(), value.clone());
            }
        }
        if object_type.is_contacts() {
            let mut all: Vec<&str> = addresses(kept).skip(1).collect();
            all.extend(addresses(&gone));
            gained.insert("hs_additional_emails".to_owned(), all.join(";"));
        }
        let merged = [kept, &gone]
            .into_iter()
            .filter_map(|record| record.get("hs_merged_object_ids"))
            .chain([other.to_string().as_str()])
            .collect::<Vec<_>>()
            .join(";");
        gained.insert("hs_merged_object_ids".to_owned(), merged);
        let survivor_id = if self.shape.merge_makes_new_id {
            self.allocate_id()
        } else {
            primary
        };
        let (now, lag) = (self.now(), self.shape.lags.search);
        survivor.id = survivor_id;
        gained.insert("hs_object_id".to_owned(), survivor_id.to_string());
        survivor.write(&gained, Source::HubSpot, now, lag);
        self.replace_merged(type_id, &[primary, other], survivor)?;
        Ok(survivor_id)
    }

    fn replace_merged(
        &mut self,
        type_id: &str,
        merged: &[u64],
        survivor: Record,
    ) -> Result<(), Refusal> {
        let survivor_id = survivor.id;
        let object_type = self.object_type_mut(type_id)?;
        for id in merged {
            object_type.put(*id, None);
            if *id != survivor_id {
                object_type.forward(*id, survivor_id);
            }
        }
        object_type.put(survivor_id, Some(survivor));
        for id in merged.iter().filter(|id| **id != survivor_id) {
            self.associations.move_record(type_id, *id, survivor_id);
        }
        Ok(())
    }

    fn gdpr_delete(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let body: GdprDelete = sent.read()?;
        if let Some(id) = self.find(type_id, &body.object_id, body.id_property.as_deref()) {
            self.associations.remove_record(type_id, id);
            self.object_type_mut(type_id)?.put(id, None);
        }
        Ok(Reply::no_content())
    }
}
