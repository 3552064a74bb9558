//! The fields of a table, taken one by one: what nobody took is named, for it meant something to its author.
//! Gitleaks does not tell upper from lower case in keys, so neither does this.

use toml::{Table, Value};

/// A table whose fields are being taken.
#[derive(Debug, Default)]
pub(super) struct Fields {
    fields: Vec<(String, Value)>,
    /// Keys whose value was of another kind than expected.
    odd: Vec<String>,
}

impl Fields {
    pub(super) fn of(table: Table) -> Self {
        let fields = table.into_iter().map(|(key, value)| (key.to_lowercase(), value));
        Self {
            fields: fields.collect(),
            odd: Vec::new(),
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let at = self.fields.iter().position(|(known, _)| known == key)?;
        Some(self.fields.remove(at).1)
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text).filter(|text| !text.is_empty()),
            _ => self.odd(key),
        }
    }

    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let as_text = |value: Value| match value {
            Value::String(text) => Some(text),
            _ => None,
        };
        match self.take(key) {
            None => Vec::new(),
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(values)) => {
                let count = values.len();
                let texts: Vec<String> = values.into_iter().filter_map(as_text).collect();
                if texts.len() < count {
                    self.odd.push(key.to_owned());
                }
                texts
            }
            Some(_) => self.odd(key).unwrap_or_default(),
        }
    }

    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        match self.take(key)? {
            Value::Float(number) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "thresholds and group numbers are small")]
            Value::Integer(number) => Some(number as f64),
            _ => self.odd(key),
        }
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        match self.take(key) {
            None => false,
            Some(Value::Boolean(flag)) => flag,
            Some(_) => self.odd(key).unwrap_or_default(),
        }
    }

    pub(super) fn table(&mut self, key: &str) -> Option<Self> {
        match self.take(key)? {
            Value::Table(table) => Some(Self::of(table)),
            // `[[allowlist]]` is written now and then where `[allowlist]` is meant.
            Value::Array(mut values) if values.len() == 1 => match values.remove(0) {
                Value::Table(table) => Some(Self::of(table)),
                _ => self.odd(key),
            },
            _ => self.odd(key),
        }
    }

    pub(super) fn tables(&mut self, key: &str) -> Vec<Self> {
        match self.take(key) {
            None => Vec::new(),
            Some(Value::Table(table)) => vec![Self::of(table)],
            Some(Value::Array(values)) => {
                let tables = values.into_iter().filter_map(|value| match value {
                    Value::Table(table) => Some(Self::of(table)),
                    _ => None,
                });
                tables.collect()
            }
            Some(_) => self.odd(key).unwrap_or_default(),
        }
    }

    fn odd<T>(&mut self, key: &str) -> Option<T> {
        self.odd.push(key.to_owned());
        None
    }

    /// Returns what nobody took, and what could not be taken.
    pub(super) fn rest(self) -> Vec<String> {
        let unknown = self
            .fields
            .into_iter()
            .map(|(key, _)| format!("`{key}` is not known here, and was passed over"));
        let odd = self
            .odd
            .into_iter()
            .map(|key| format!("`{key}` is of another kind than expected, and was passed over"));
        unknown.chain(odd).collect()
    }
}
