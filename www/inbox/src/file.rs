//! A message's file: a picture in its place and in full, or a row to save by.

use leptos::prelude::*;
use shared::file::{Attachment, FileType};
use widget::upload;

use crate::desk::Desk;
use crate::text;

/// Pixels, at most, of a picture in a message: width and height.
const PICTURE_MAX: (i64, i64) = (320, 360);

/// The size that a picture has in a message: its own, or as much of it as there is room for.
fn fitted(width: i64, height: i64) -> (i64, i64) {
    let (width_max, height_max) = PICTURE_MAX;
    let (own_width, own_height) = (width.max(1) as f64, height.max(1) as f64);
    let scale = (width_max as f64 / own_width).min(height_max as f64 / own_height).min(1.0);
    ((own_width * scale).round().max(1.0) as i64, (own_height * scale).round().max(1.0) as i64)
}

#[component]
pub fn FileView(attachment: Attachment) -> impl IntoView {
    let desk = Desk::here();
    let id = attachment.file_id.clone();
    let url = {
        let id = id.clone();
        Memo::new(move |_| desk.look(|client| client.last_file_url(&id).map(str::to_owned)))
    };
    let want = {
        let id = id.clone();
        move || {
            desk.act(|client, now| client.file_url(now, &id));
        }
    };
    // What was asked to be saved is, once a fresh link is there.
    let is_saving = RwSignal::new(false);
    Effect::new({
        let (id, want) = (id.clone(), want.clone());
        move |_| {
            if is_saving.get() {
                match desk.look(|client| client.known_file_url(widget::browser::now(), &id).map(str::to_owned)) {
                    Some(url) => {
                        is_saving.set(false);
                        upload::save(&[&url, "&download=1"].concat());
                    }
                    None => want(),
                }
            }
        }
    });
    let save = move |_| is_saving.set(true);
    let is_image = FileType::parse(&attachment.media_type).is_some_and(FileType::is_image);
    let name = StoredValue::new(attachment.name.clone());
    match attachment.dimensions().filter(|_| is_image) {
        Some((width, height)) => {
            let (width, height) = fitted(width, height);
            let is_open = RwSignal::new(false);
            let fetch = want.clone();
            Effect::new(move |_| {
                if url.with(Option::is_none) {
                    fetch();
                }
            });
            view! {
                <button type="button" class="pic" aria-label=name.get_value() on:click=move |_| is_open.set(true)>
                    // Width and height keep its place from the first moment on.
                    <img
                        width=width.to_string()
                        height=height.to_string()
                        alt=""
                        loading="lazy"
                        src=url
                        on:error=move |_| want()
                    />
                </button>
                {move || {
                    is_open.get().then(|| {
                        view! {
                            <div class="viewer" on:click=move |_| is_open.set(false)>
                                <img src=url alt=name.get_value()/>
                                <button type="button" class="save" on:click=save>{text::SAVE}</button>
                                <button type="button" class="away" aria-label=text::CLOSE>"×"</button>
                            </div>
                        }
                    })
                }}
            }
            .into_any()
        }
        None => view! {
            <button type="button" class="doc" on:click=save>
                <span class="name">{name.get_value()}</span>
                <span class="size">{text::size(attachment.size)}</span>
            </button>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn a_picture_keeps_its_shape_in_the_room_there_is() {
        assert_eq!(fitted(320, 360), (320, 360));
        assert_eq!(fitted(16, 16), (16, 16));
        assert_eq!(fitted(1280, 800), (320, 200));
        assert_eq!(fitted(720, 1440), (180, 360));
        assert_eq!(fitted(0, i64::MAX), (1, 360));
    }
}
