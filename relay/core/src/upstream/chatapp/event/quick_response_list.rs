//! `quickResponseList`: a list of prepared answers was created, edited or deleted (user channel).
//!
//! Source: the vendor's page (high). A deletion gives the id alone.

use serde::Deserialize;

use crate::upstream::chatapp::id::Id;
use crate::upstream::chatapp::loose;
use crate::upstream::chatapp::open_set::open_set;

/// A list was created, edited or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct QuickResponseList {
    /// What happened.
    #[serde(rename = "type")]
    pub change: Change,
    /// To which.
    #[serde(rename = "quickResponseList")]
    pub list: ResponseList,
}

/// A list of prepared answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ResponseList {
    /// Within the vendor's cabinet.
    pub id: Id,
    /// On screen.
    #[serde(default, deserialize_with = "loose::text")]
    pub name: Option<String>,
    /// Place among the lists, ascending.
    #[serde(default, deserialize_with = "loose::whole")]
    pub sort: Option<i64>,
    /// Who may use it.
    #[serde(default, deserialize_with = "loose::list")]
    pub access: Vec<Access>,
}

/// What one user may do with a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// Who.
    pub user_id: Id,
    /// Their e-mail.
    #[serde(default, deserialize_with = "loose::text")]
    pub email: Option<String>,
    /// What.
    #[serde(default, deserialize_with = "loose::opt")]
    pub permission: Option<Permission>,
}

open_set! {
    /// What one may do with a list.
    Permission {
        /// Use it.
        Read = "r",
        /// Change it.
        Write = "w",
    }
}

open_set! {
    /// What happened to a list or to an answer in it.
    Change {
        /// It is new.
        Create = "create",
        /// It is different.
        Edit = "edit",
        /// It is gone.
        Destroy = "destroy",
    }
}
