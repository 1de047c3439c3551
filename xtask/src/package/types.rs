//! `index.d.ts`: the words are those of the Rust types, so that a new one is in the declarations of its release.

use shared::message::Side;
use shared::page::{EVENTS, Member, Status};
use shared::words::Language;

/// The calls, whose forms are JavaScript's own (widget/js/sdk.js).
const CALLS: &str = "\
  /** Opens the panel; the first call fetches the chat. */
  open(): Promise<void>;
  close(): Promise<void>;
  toggle(): Promise<void>;
  /** Shows the whole chat, its button included. */
  show(): Promise<void>;
  hide(): Promise<void>;
  /** Another visitor: whom the shop's server vouches for by this JWT. */
  identify(jwt: string): Promise<void>;
  /** Leaves nothing of the visitor in this browser. */
  logout(): Promise<void>;
  /** What operators see beside the chat, once the visitor has written. Names up to 64 characters, texts up to 512. */
  setAttributes(attributes: Record<string, string | number | boolean | null>): Promise<void>;
  setProduct(product: Product): Promise<void>;
  /** What the cart is worth, for triggers. */
  setCart(total: number): Promise<void>;
  /** Onto the page's data layer, in Yandex.Metrica's form. */
  ecommerce(action: \"detail\" | \"add\" | \"remove\", products: Item | Item[], currency?: string): Promise<void>;
  ecommerce(action: \"purchase\", order: Order, products: Item | Item[], currency?: string): Promise<void>;
  /** The shop's triggers run on this page. */
  triggers(): Promise<void>;
  setLocale(locale: Locale): Promise<void>;
  setTheme(theme: \"light\" | \"dark\" | \"auto\"): Promise<void>;
  /** Puts a text into the field, for the visitor to send or not. */
  prefill(text: string): Promise<void>;
  /** Sends a text as the visitor's. */
  send(text: string): Promise<void>;
  on<N extends keyof Events>(name: N, listener: (detail: Events[N]) => void): Promise<void>;
  off<N extends keyof Events>(name: N, listener?: (detail: Events[N]) => void): Promise<void>;
  /** Takes the chat out of the page: no socket, timer or listener is left. */
  destroy(): Promise<void>;
";

pub fn declarations() -> String {
    let statuses = words(Status::ALL.iter().map(|status| status.as_str()));
    let sides = words([Side::User, Side::Operator].map(Side::as_str));
    let locales = words(Language::ALL.map(Language::tag));
    let mut events = String::new();
    for event in EVENTS {
        events.push_str(&format!("  /** {} */\n  {}: ", event.doc, event.name));
        let members = event.members.iter().map(|(name, member)| {
            let form = match member {
                Member::Text => "string",
                Member::Count => "number",
                Member::Flag => "boolean",
                Member::MessageId => "number | null",
                Member::Side => "Side",
                Member::Status => "Status",
            };
            format!("{name}: {form}")
        });
        let members = members.collect::<Vec<_>>().join("; ");
        events.push_str(&if members.is_empty() { "{};\n".to_owned() } else { format!("{{ {members} }};\n") });
    }
    format!(
        "/** A language of the chat. */\nexport type Locale = {locales};\n\
         /** Whose message it is. */\nexport type Side = {sides};\n\
         /** How the connection is. */\nexport type Status = {statuses};\n\n\
         export interface Options {{\n  /** The publishable key. */\n  key: string;\n  /** The relay's address: https://... */\n  \
         relay: string;\n  locale?: Locale;\n  position?: \"right\" | \"left\";\n  theme?: \"auto\" | \"light\" | \"dark\";\n  \
         /** Any CSS colour. */\n  accent?: string;\n  /** The shop's triggers run on this page. */\n  triggers?: boolean;\n  \
         /** A JWT by which the shop's server vouches for its customer. */\n  identity?: string;\n  /** Where visitors can ask \
         when the chat cannot load. */\n  contact?: string;\n}}\n\n\
         export interface Product {{\n  name?: string | null;\n  url?: string;\n  sku?: string | null;\n  price?: number | null;\n}}\n\n\
         /** A product, as Yandex.Metrica counts it. */\nexport interface Item {{\n  id?: string;\n  sku?: string;\n  name?: string;\n  \
         price?: number;\n  quantity?: number;\n  brand?: string;\n  category?: string;\n  variant?: string;\n  coupon?: string;\n  \
         discount?: number;\n  position?: number;\n  list?: string;\n}}\n\n\
         export interface Order {{\n  id: string;\n  revenue?: number;\n  coupon?: string;\n  goal_id?: number;\n}}\n\n\
         /** What `on` hears of. */\nexport interface Events {{\n{events}}}\n\n\
         /** The page's handle. Calls are done in the order in which they are made. */\nexport interface Prilavok {{\n{CALLS}}}\n\n\
         /** The page's chat: painted once, however often it is asked for. */\n\
         export function prilavok(options: Options): Prilavok;\n"
    )
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::declarations;

    #[test]
    fn the_words_are_those_of_the_types() {
        let text = declarations();
        for line in [
            "export type Status = \"idle\" | \"connecting\" | \"online\" | \"blocked\";",
            "export type Side = \"user\" | \"operator\";",
            "  unread: { count: number };",
            "  message: { side: Side; text: string; message_id: number | null };",
            "  open(): Promise<void>;",
        ] {
            assert!(text.lines().any(|there| there == line), "{line}\n{text}");
        }
    }
}
