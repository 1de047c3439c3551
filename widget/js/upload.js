// Files, as a browser gives and takes them. Only what has no short way in Rust: callbacks over lists of files, and uploads
// with progress, which `fetch` does not have.

const every = (files, take) => {
  for (const file of files) take(file);
};

// Calls back for each file that is dropped on an element or pasted into it.
export function take_files(element, take) {
  const take_from = (event, source) => {
    if (source?.files.length) {
      event.preventDefault();
      every(source.files, take);
    }
  };
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => take_from(event, event.dataTransfer));
  element.addEventListener("paste", (event) => take_from(event, event.clipboardData));
}

// Calls back for each file that was picked, and lets the same one be picked again.
export function picked_files(input, take) {
  every(input.files, take);
  input.value = "";
}

// Sends a file. Calls back with the bytes sent so far, and at the end with the status (0: no answer) and the answer.
export function upload_file(url, token, file, tell) {
  const request = new XMLHttpRequest();
  request.open("POST", url);
  request.setRequestHeader("Authorization", "Bearer " + token);
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
  request.upload.onprogress = (event) => tell(event.loaded, -1, "");
  request.onloadend = () => tell(0, request.status, request.responseText);
  request.send(file);
  return request;
}

export function stop_upload(request) {
  request.onloadend = request.upload.onprogress = null;
  request.abort();
}

// Follows an address that answers with something to save: the page stays.
export function save_file(url) {
  const link = document.createElement("a");
  link.href = url;
  link.click();
}
