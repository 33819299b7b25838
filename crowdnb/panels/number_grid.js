// A table of numbers, each in a field of its own; what is no number of its range is marked.
function render({ model, el }) {
  const rows = model.get("rows"), columns = model.get("columns");
  const title = document.createElement("div");
  title.className = "crowdnb-grid-title";
  title.textContent = model.get("title");
  const table = document.createElement("table"), inputs = [];
  table.setAttribute("aria-label", model.get("title"));

  const heading = (row, label, scope) => {
    const cell = document.createElement("th");
    cell.scope = scope; cell.textContent = label; cell.title = label; row.appendChild(cell);
  };
  const head = table.insertRow();
  head.insertCell();
  columns.forEach(label => heading(head, label, "col"));

  const field = (label, column, i, k) => {
    const input = document.createElement("input");
    const [low, step, empty] = ["least", "step", "empty"].map(name => model.get(name)[k]);
    input.type = "number"; input.min = low;
    input.step = step === 1 ? 1 : "any";
    input.setAttribute("aria-label", label + " " + column);
    const limit = () => {
      input.max = model.get("most")[k];
      input.title = label + " " + column + ", " + low + " to " + input.max
        + (empty ? ", or empty" : "");
    };
    model.on("change:most", limit);
    limit();
    input.addEventListener("change", () => {
      const good = (empty || input.value !== "") && input.checkValidity();
      input.setAttribute("aria-invalid", String(!good));
      if (!good) return;
      const value = model.get("value").map(cells => [...cells]);
      value[i][k] = input.value === "" ? null : Number(input.value);
      model.set("value", value);
      model.save_changes();
    });
    input.addEventListener("keydown", event => {
      event.stopPropagation();
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by || step === 1) return;
      event.preventDefault();
      if (input.value === "") return;  // no number is next to none
      const next = Math.min(Number(input.max), Math.max(low, Number(input.value) + by * step));
      input.value = Number(next.toFixed(6));
      input.dispatchEvent(new Event("change"));
    });
    return input;
  };
  rows.forEach((label, i) => {
    const row = table.insertRow();
    heading(row, label, "row");
    inputs.push(columns.map((column, k) => {
      const input = field(label, column, i, k);
      row.insertCell().appendChild(input);
      return input;
    }));
  });

  const paint = () => model.get("value").forEach((cells, i) => cells.forEach((cell, k) => {
    const input = inputs[i][k];
    if (cell === null) input.value = "";
    else if (Number(input.value) !== cell || input.value === "") {
      input.value = Number(cell.toFixed(6));
    }
    input.setAttribute("aria-invalid", "false");
  }));
  model.on("change:value", paint);
  paint();
  const area = document.createElement("div");
  area.className = "crowdnb-numbers";
  area.appendChild(table);
  el.append(title, area);
}
export default { render };
