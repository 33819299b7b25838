// A piece of HTML that keeps where it was scrolled to when it changes.
function render({ model, el }) {
  el.classList.add("crowdnb");
  el.setAttribute("role", "status");
  // Kept from events: to ask for them makes the browser lay out the whole page.
  let [left, top] = [0, 0];
  const draw = () => {
    el.innerHTML = model.get("value");
    const part = el.querySelector(".crowdnb-scroll");
    if (part && (left || top)) { part.scrollLeft = left; part.scrollTop = top; }
  };
  const scrolled = ({ target }) => { [left, top] = [target.scrollLeft, target.scrollTop]; };
  el.addEventListener("scroll", scrolled, true);
  model.on("change:value", draw);
  draw();
}
export default { render };
