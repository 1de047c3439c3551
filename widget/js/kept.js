// The browser's store of what a page has not sent yet: texts by key, in IndexedDB. Nothing here fails: where the store is
// forbidden or broken, nothing is kept, and nothing is told.

let opening;

const open = () =>
  (opening ||= new Promise((done, failed) => {
    const request = indexedDB.open("prilavok", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("outbox");
    request.onsuccess = () => {
      const store = request.result;
      // Another version of the page wants it, or the visitor clears their data.
      store.onversionchange = () => (store.close(), (opening = null));
      done(store);
    };
    request.onerror = failed;
  }));

const work = async (mode, act) => {
  try {
    const transaction = (await open()).transaction("outbox", mode);
    const request = act(transaction.objectStore("outbox"));
    return await new Promise((done, failed) => {
      // Only now is it on the way to the disk.
      transaction.oncomplete = () => done([request.result]);
      transaction.onabort = failed;
    });
  } catch {
    opening = null;
  }
};

// Keeps a text in a place, under an id; tells the id once it is kept.
export const keep = async (place, id, text, hear) => {
  if (await work("readwrite", (store) => store.put(text, place + id))) hear(id);
};

export const forget = (place, id) => void work("readwrite", (store) => store.delete(place + id));

// Tells all texts of a place.
export const restore = async (place, hear) => {
  const found = await work("readonly", (store) => store.getAll(IDBKeyRange.bound(place, place + "\uffff")));
  if (found) hear(found[0]);
};
