// Reads the list aloud, line by line, where the browser can speak. The page is complete without it.
(function () {
  "use strict";
  var button = document.getElementById("read");
  var speech = window.speechSynthesis;
  if (!button || !speech || !window.SpeechSynthesisUtterance) { return; }
  var rows = Array.prototype.slice.call(document.querySelectorAll("table.list tbody tr"));
  var title = document.querySelector("h1").textContent;
  var speaking = false;

  function line(row) {
    return Array.prototype.map.call(row.cells, function (cell) {
      return cell.getAttribute("data-label") + cell.textContent.replace(/×/g, button.dataset.times).replace(/=/g, button.dataset.equals);
    }).join(button.dataset.pause) + button.dataset.end;
  }
  function clear() { rows.forEach(function (row) { row.classList.remove("reading"); }); }
  function stop() { speaking = false; speech.cancel(); clear(); button.textContent = button.dataset.read; }
  function speak(text, row, next) {
    var words = new SpeechSynthesisUtterance(text);
    words.lang = "zh-CN";
    words.rate = 0.9;
    words.onend = function () { if (speaking) { next(); } };
    clear();
    if (row) { row.classList.add("reading"); row.scrollIntoView({ block: "nearest" }); }
    speech.speak(words);
  }
  function from(index) {
    if (index >= rows.length) { stop(); return; }
    speak(line(rows[index]), rows[index], function () { from(index + 1); });
  }
  function start(index) {
    stop();
    speaking = true;
    button.textContent = button.dataset.stop;
    if (index === 0) { speak(title, null, function () { from(0); }); } else { from(index); }
  }
  button.hidden = false;
  button.addEventListener("click", function () { if (speaking) { stop(); } else { start(0); } });
  rows.forEach(function (row, index) {
    row.addEventListener("dblclick", function () { start(index); });
  });
}());
