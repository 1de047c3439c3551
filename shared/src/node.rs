//! Reading JSON without choosing a parser: the client's decoder is generic over what a parsed value is.
//!
//! In the browser a node is a `JsValue` (the engine has parsed it, no parser is shipped), elsewhere a
//! `serde_json::Value`. The decoder is the same code in both, so the simulator tests what the widget runs.

/// One parsed JSON value.
pub trait Node: Sized {
    /// The member of that name, if this is an object that has it.
    fn get(&self, key: &str) -> Option<Self>;
    /// The text, if this is a string.
    fn string(&self) -> Option<String>;
    /// The number, if this is a whole number that JavaScript holds exactly.
    fn integer(&self) -> Option<i64>;
    /// The truth value, if this is one.
    fn boolean(&self) -> Option<bool>;
    /// The elements, if this is an array.
    fn elements(&self) -> Option<Vec<Self>>;
    /// Whether this is `null` (or JavaScript's `undefined`).
    fn is_null(&self) -> bool;
    /// Its JSON text; an object's begins with its brace.
    fn to_json(&self) -> String;
}

/// A type that can be read from a node.
pub trait FromNode: Sized {
    /// The value, or `None` if the node has another shape.
    fn from_node<N: Node>(node: &N) -> Option<Self>;

    /// What a missing member means: nothing, unless the type has room for it.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }
}

/// The member `key` of an object as a `T`.
pub fn member<T: FromNode, N: Node>(node: &N, key: &str) -> Option<T> {
    match node.get(key) {
        Some(value) => T::from_node(&value),
        None => T::absent(),
    }
}

impl FromNode for String {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        node.string()
    }
}

impl FromNode for i64 {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        node.integer()
    }
}

impl FromNode for bool {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        node.boolean()
    }
}

impl<T: FromNode> FromNode for Option<T> {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        if node.is_null() { Some(None) } else { T::from_node(node).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromNode> FromNode for Vec<T> {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        node.elements()?.iter().map(T::from_node).collect()
    }
}

#[cfg(feature = "serde")]
impl Node for serde_json::Value {
    fn get(&self, key: &str) -> Option<Self> {
        self.as_object()?.get(key).cloned()
    }

    fn string(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn integer(&self) -> Option<i64> {
        self.as_i64().filter(|number| number.unsigned_abs() <= crate::id::SAFE_INTEGER_MAX.unsigned_abs())
    }

    fn boolean(&self) -> Option<bool> {
        self.as_bool()
    }

    fn elements(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn is_null(&self) -> bool {
        serde_json::Value::is_null(self)
    }

    fn to_json(&self) -> String {
        self.to_string()
    }
}

/// Declares a record of the wire: written by serde in the relay, read through [`Node`] by clients, member by member under
/// the field's own name. A missing member is an error unless the field is an `Option`. A field may be there with a feature
/// only: it costs the clients that never read it nothing.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident $(if $feature:literal)?: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        pub struct $name { $($(#[$field_meta])* $(#[cfg(feature = $feature)])? pub $field: $type,)* }

        impl $crate::node::FromNode for $name {
            #[allow(unused_variables)]
            fn from_node<N: $crate::node::Node>(node: &N) -> Option<Self> {
                Some(Self {
                    $($(#[cfg(feature = $feature)])? $field: $crate::node::member(node, stringify!($field))?,)*
                })
            }
        }
    };
}
pub(crate) use record;

/// Declares a closed set of words: an enum, its word on the wire, and reading it back. A word may be there with a feature
/// only: it costs the clients that never hear it nothing.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal $(if $feature:literal)?,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $(#[cfg(feature = $feature)])? $variant,)* }

        impl $name {
            /// Every one of them, in order.
            pub const ALL: &'static [Self] = &[$($(#[cfg(feature = $feature)])? Self::$variant),*];

            /// The word on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($(#[cfg(feature = $feature)])? Self::$variant => $word,)* }
            }

            /// The one that this word names.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($(#[cfg(feature = $feature)])? $word => Some(Self::$variant),)* _ => None }
            }
        }

        impl $crate::node::FromNode for $name {
            fn from_node<N: $crate::node::Node>(node: &N) -> Option<Self> {
                Self::parse(&node.string()?)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&word).ok_or_else(|| serde::de::Error::unknown_variant(&word, &[$($word),*]))
            }
        }
    };
}
pub(crate) use words;
