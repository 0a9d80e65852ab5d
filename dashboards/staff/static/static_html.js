// Renders the plain HTML of a page, which arrives as one part: text, or [tag, attributes, child, …]. See static_html.py.
(function () {
  "use strict";

  function follow(event) {
    if (event.metaKey || event.shiftKey || event.altKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    window.history.pushState({}, "", event.currentTarget.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));  // the event Dash's own links send to its Location
    window.scrollTo(0, 0);
  }

  function render(node) {
    if (!Array.isArray(node)) return node;
    const [tag, attributes, ...children] = node;
    const inside = children.map(render);
    if (tag === "") return window.React.createElement(window.React.Fragment, null, ...inside);
    if (tag === "link") return window.React.createElement("a", { ...attributes, onClick: follow }, ...inside);
    return window.React.createElement(tag, attributes, ...inside);
  }

  window.dashboards = { StaticHtml: function (props) { return render(props.tree); } };
})();
