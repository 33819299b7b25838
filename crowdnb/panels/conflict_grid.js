// A grid of buttons, rows × columns, each pressed or not; one stop of the Tab key.
function render({ model, el }) {
  const rows = model.get("rows"), columns = model.get("columns");
  const symmetric = model.get("symmetric");  // then only the lower triangle has buttons
  const title = document.createElement("div");
  title.className = "crowdnb-grid-title";
  title.textContent = model.get("title");
  const table = document.createElement("table");
  table.setAttribute("aria-label", model.get("title") + ": arrow keys move, Space presses");

  const heading = (row, label, scope) => {
    const cell = document.createElement("th"), text = document.createElement("span");
    cell.scope = scope; cell.title = label; text.textContent = label;
    cell.appendChild(text); row.appendChild(cell);
    return cell;
  };
  const long = columns.some(label => label.length > 3);
  const head = table.insertRow();
  head.insertCell().className = "crowdnb-grid-corner";
  columns.forEach((label, k) => {
    if (symmetric && k === columns.length - 1) return;
    heading(head, label, "col").classList.toggle("crowdnb-long", long);
  });

  const buttons = new Map();
  const press = (i, k) => {
    const kept = model.get("value").filter(([a, b]) => a !== i || b !== k);
    const pressed = kept.length === model.get("value").length;
    model.set("value", pressed ? [...kept, [i, k]] : kept);
    model.save_changes();
  };
  const move = (event, i, k) => {
    const place = {
      Home: [i, 0], End: [i, (symmetric ? i : columns.length) - 1],
      ArrowUp: [i - 1, k], ArrowDown: [i + 1, k],
      ArrowLeft: [i, k - 1], ArrowRight: [i, k + 1],
    }[event.key];
    if (!place) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons.get(place.join());
    if (next) next.focus();
  };
  rows.forEach((label, i) => {
    if (symmetric && i === 0) return;
    const row = table.insertRow();
    heading(row, label, "row");
    columns.forEach((other, k) => {
      if (symmetric && k >= i) return;
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = buttons.size ? -1 : 0;
      button.title = label + " with " + other;
      button.setAttribute("aria-label", button.title);
      button.addEventListener("click", () => press(i, k));
      button.addEventListener("focus", () => {
        buttons.forEach(each => { each.tabIndex = -1; });
        button.tabIndex = 0;
      });
      button.addEventListener("keydown", event => move(event, i, k));
      row.insertCell().appendChild(button);
      buttons.set(i + "," + k, button);
    });
  });

  const paint = () => {
    const on = new Set(model.get("value").map(([a, b]) => a + "," + b));
    buttons.forEach((button, key) => {
      if (button.getAttribute("aria-pressed") === String(on.has(key))) return;
      button.setAttribute("aria-pressed", on.has(key));
      button.textContent = on.has(key) ? "×" : "";
    });
  };
  model.on("change:value", paint);
  paint();
  const area = document.createElement("div");
  area.className = "crowdnb-grid";
  area.appendChild(table);
  el.append(title, area);
}
export default { render };
