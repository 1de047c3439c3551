//! Sealed things move to the newest sealing key when the hub starts, so that an older one can be taken away.

use super::Decision;
use super::draft::Draft;
use super::organization::seal_context;
use crate::auth::seal;

impl Draft<'_> {
    pub(super) fn reseal(&mut self) -> Decision {
        let organization = self.organization()?.id.clone();
        for row in self.sql.query("SELECT source, sealed FROM accounts", &[])? {
            let (source, sealed) = (row.text(0)?, row.text(1)?);
            if let Some(anew) = seal::reseal(&self.hub.config.sealing, &seal_context(&organization, &source), &sealed) {
                self.write("UPDATE accounts SET sealed = ? WHERE source = ?", [anew, source]);
            }
        }
        for row in self.sql.query("SELECT kid, sealed FROM identity_secrets", &[])? {
            let (kid, sealed) = (row.text(0)?, row.text(1)?);
            let context = self.identity_context(&kid)?;
            if let Some(anew) = seal::reseal(&self.hub.config.sealing, &context, &sealed) {
                self.write("UPDATE identity_secrets SET sealed = ? WHERE kid = ?", [anew, kid]);
            }
        }
        Ok(())
    }
}
