//! A trap on demand, to prove that one takes nobody else with it. It needs the setting `TEST_TRAP`, which no configuration of
//! ours has and `dist/alone/config.capnp` cannot even be given from outside: the tests write it into their copy.

use worker::Env;

/// The setting: a word that nobody says by chance.
const TEST_TRAP: &str = "TEST_TRAP";

/// Panics if the deployment is a test's and this is its word.
pub fn if_asked(env: &Env, word: Option<&str>) {
    let asked = word.filter(|word| word.len() > 16);
    if let Some(word) = asked
        && env.var(TEST_TRAP).is_ok_and(|set| set.to_string() == word)
    {
        #[allow(clippy::panic)]
        {
            panic!("a test has asked for this");
        }
    }
}
