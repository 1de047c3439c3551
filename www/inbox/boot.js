// Starts the inbox: the one script of the operator's page. Whatever stops the start is told on the page in words
// that an operator can act on; the cause goes to the console.
const app = document.getElementById("app");

const say = (text) => {
  const box = document.createElement("main");
  box.className = "boot";
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent = text;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "primary";
  again.textContent = "Обновить страницу";
  again.addEventListener("click", () => location.reload());
  box.append(line, again);
  app.replaceChildren(box);
};

// A function, because browsers of 2020 (xtask's target) do not wait at a module's top level.
const open = async () => {
  try {
    const { default: init } = await import("./inbox.js");
    await init({ module_or_path: new URL("./inbox_bg.wasm", import.meta.url) });
    app.querySelector(".boot")?.remove();
  } catch (error) {
    console.error("[prilavok] the inbox did not start", error);
    say(
      typeof WebAssembly === "object"
        ? "Не удалось открыть входящие. Проверьте связь и обновите страницу."
        : "Этот браузер не поддерживает WebAssembly. Обновите браузер или откройте страницу в другом.",
    );
  }
};

open();
