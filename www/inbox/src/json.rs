//! JSON for the tests, which run where no browser reads it.

use shared::node::Node;

#[derive(Clone, Debug)]
pub enum Json {
    Null,
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

pub fn flag(value: bool) -> Json {
    Json::Flag(value)
}

pub fn number(value: i64) -> Json {
    Json::Number(value)
}

pub fn text(value: &str) -> Json {
    Json::Text(value.into())
}

pub fn list(values: &[Json]) -> Json {
    Json::List(values.into())
}

pub fn object(members: &[(&str, Json)]) -> Json {
    Json::Object(members.iter().map(|(key, value)| ((*key).into(), value.clone())).collect())
}

impl Node for Json {
    fn get(&self, key: &str) -> Option<Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    }

    fn string(&self) -> Option<String> {
        if let Self::Text(text) = self { Some(text.clone()) } else { None }
    }

    fn integer(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    fn boolean(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    fn elements(&self) -> Option<Vec<Self>> {
        if let Self::List(list) = self { Some(list.clone()) } else { None }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    fn to_json(&self) -> String {
        format!("{self:?}")
    }
}
