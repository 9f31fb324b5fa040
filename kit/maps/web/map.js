/* The cadastre map of Taller Abierto: draws parcels from flat lists of whole millionths of a degree.
   Uses Leaflet only. Texts arrive in the page's language; values are put in as text, never as markup. */
var taller = (function () {
  "use strict";
  var SCALE = 1e6;

  /* folium's own popups ask for jQuery, but only to turn a string into an element and to wait for the page. */
  if (!window.$) {
    window.$ = function (what) {
      if (typeof what !== "string") {
        return { ready: function (then) {
          if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", then); } else { then(); }
        } };
      }
      var holder = document.createElement("div");
      holder.innerHTML = what.trim();
      return [holder.firstChild];
    };
  }

  /* Differences -> rings of [latitude, longitude]. */
  function rings(packed) {
    var x = 0, y = 0, at = 0, out = [];
    for (var i = 0; i < packed.rings.length; i++) {
      var ring = new Array(packed.rings[i]);
      for (var j = 0; j < ring.length; j++) {
        x += packed.steps[at++];
        y += packed.steps[at++];
        ring[j] = [y / SCALE, x / SCALE];
      }
      out.push(ring);
    }
    return out;
  }

  /* Rings -> for each item its polygons, each a list of rings. */
  function polygons(packed) {
    var all = rings(packed), ring = 0, part = 0;
    return packed.items.map(function (parts) {
      var shape = [];
      for (var i = 0; i < parts; i++) {
        var count = packed.parts[part++];
        shape.push(all.slice(ring, ring + count));
        ring += count;
      }
      return shape;
    });
  }

  function formatter(lang) {
    var plain = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
    var money = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
    return function (field, value) {
      if (value === null || value === undefined || value === "") { return "–"; }
      if (field.kind === "money") { return "$" + money.format(value) + " MXN"; }
      if (field.kind === "area") { return plain.format(value) + " m²"; }
      if (field.kind === "number") { return plain.format(value); }
      return String(value);
    };
  }

  function valueOf(field, i) {
    return field.words ? field.words[field.values[i]] : field.values[i];
  }

  /* A class's fill: its colour, or a small tile with its pattern, as the legend shows it. */
  function fill(style) {
    if (style.pattern === "plain") { return style.colour; }
    var tile = document.createElement("canvas"), pen = tile.getContext("2d");
    tile.width = tile.height = 8;
    pen.fillStyle = style.colour;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = pen.fillStyle = style.ink;
    pen.lineWidth = 1;
    pen.beginPath();
    if (style.pattern === "rising" || style.pattern === "cross") {
      pen.moveTo(-2, 2); pen.lineTo(2, -2); pen.moveTo(0, 8); pen.lineTo(8, 0); pen.moveTo(6, 10); pen.lineTo(10, 6);
    }
    if (style.pattern === "falling" || style.pattern === "cross") {
      pen.moveTo(-2, 6); pen.lineTo(2, 10); pen.moveTo(0, 0); pen.lineTo(8, 8); pen.moveTo(6, -2); pen.lineTo(10, 2);
    }
    if (style.pattern === "level") { pen.moveTo(0, 4.5); pen.lineTo(8, 4.5); }
    if (style.pattern === "dashes") { pen.moveTo(1, 2.5); pen.lineTo(4, 2.5); pen.moveTo(5, 6.5); pen.lineTo(8, 6.5); }
    if (style.pattern === "upright") { pen.moveTo(4.5, 0); pen.lineTo(4.5, 8); }
    pen.stroke();
    if (style.pattern === "dots") { pen.fillRect(1, 1, 2, 2); pen.fillRect(5, 5, 2, 2); }
    return pen.createPattern(tile, "repeat");
  }

  /* A sign on the canvas whose shape says the level: cross, triangle, circle. */
  var Sign = L.CircleMarker.extend({
    _updatePath: function () {
      var renderer = this._renderer, pen = renderer._ctx, p = this._point, r = this._radius, shape = this.options.shape;
      if (!renderer._drawing || this._empty()) { return; }
      pen.save();
      pen.beginPath();
      if (shape === "triangle") {
        pen.moveTo(p.x, p.y - r); pen.lineTo(p.x + r, p.y + r * 0.8); pen.lineTo(p.x - r, p.y + r * 0.8); pen.closePath();
      } else if (shape === "cross") {
        pen.rect(p.x - r, p.y - r, 2 * r, 2 * r);
      } else {
        pen.arc(p.x, p.y, r, 0, 2 * Math.PI);
      }
      pen.fillStyle = "#ffffff"; pen.fill();
      pen.strokeStyle = this.options.colour; pen.lineWidth = 2; pen.stroke();
      pen.beginPath();
      if (shape === "cross") {
        pen.moveTo(p.x - r / 2, p.y - r / 2); pen.lineTo(p.x + r / 2, p.y + r / 2);
        pen.moveTo(p.x + r / 2, p.y - r / 2); pen.lineTo(p.x - r / 2, p.y + r / 2);
        pen.stroke();
      } else if (shape === "circle") {
        pen.arc(p.x, p.y, r / 3, 0, 2 * Math.PI); pen.fillStyle = this.options.colour; pen.fill();
      }
      pen.restore();
    }
  });

  function background(map, layers) {
    var pane = map.createPane("ground");
    pane.style.zIndex = 300;
    pane.style.pointerEvents = "none";
    var paper = L.canvas({ pane: "ground", padding: 0.5 }), labels = [];
    layers.forEach(function (layer) {
      var style = {
        renderer: paper, pane: "ground", interactive: false, weight: layer.style.width, color: layer.style.line,
        fill: !!layer.style.fill, fillColor: layer.style.fill, fillOpacity: 1
      };
      if (layer.polygons) { polygons(layer.polygons).forEach(function (shape) { L.polygon(shape, style).addTo(map); }); }
      if (layer.lines) { L.polyline(rings(layer.lines), L.extend({}, style, { fill: false })).addTo(map); }
      (layer.labels || []).forEach(function (label) { labels.push(label); });
    });
    if (labels.length) { name(map, labels); }
  }

  /* Names of colonias, each shown only while its colonia is wide enough on the screen to hold it. */
  function name(map, labels) {
    var pane = map.createPane("names");
    pane.style.zIndex = 620;
    pane.style.pointerEvents = "none";
    var made = labels.map(function (label) {
      var text = document.createElement("span");
      text.textContent = label.text;
      var marker = L.marker([label.lat, label.lon], {
        pane: "names", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "place-name", html: text, iconSize: null })
      }).addTo(map);
      marker.getElement().setAttribute("aria-hidden", "true");
      return { marker: marker, span: label.span, length: label.text.length };
    });
    function show() {
      var perDegree = map.project([0, 1]).x - map.project([0, 0]).x;
      made.forEach(function (one) {
        one.marker.getElement().style.display = one.span * perDegree > one.length * 6.5 ? "" : "none";
      });
    }
    map.on("zoomend", show);
    show();
  }

  function popup(data, i, write) {
    var box = document.createElement("div"), list = document.createElement("dl");
    box.className = "parcel";
    data.fields.forEach(function (field) {
      var term = document.createElement("dt"), value = document.createElement("dd");
      term.textContent = field.label;
      value.textContent = write(field, valueOf(field, i));
      list.appendChild(term);
      list.appendChild(value);
    });
    box.appendChild(list);
    ((data.problems && data.problems.of[i]) || []).forEach(function (which) {
      var problem = data.problems.sentences[which], said = document.createElement("p");
      said.className = "problem";
      said.textContent = problem.mark + " " + problem.text;
      box.appendChild(said);
    });
    return box;
  }

  function problems(map, data, parcels, choose) {
    var group = L.featureGroup(), found = Object.keys(data.problems.of), radius = found.length > 150 ? 4 : 7;
    found.forEach(function (key) {
      var i = Number(key), level = data.problems.level[key], style = data.problems.styles[level], shape = parcels[i];
      if (!shape) { return; }
      group.addLayer(L.polygon(shape.getLatLngs(), { color: style.colour, weight: 2.5, fill: false, interactive: false }));
      group.addLayer(new Sign(shape.getBounds().getCenter(), {
        radius: radius, colour: style.colour, shape: style.shape, parcel: i
      }));
    });
    group.on("click", function (event) { choose(event.propagatedFrom.options.parcel, event.latlng); });
    var box = document.getElementById("show-problems");
    function set() { if (box.checked) { group.addTo(map); } else { group.remove(); } }
    if (box) { box.addEventListener("change", set); set(); }
  }

  function search(data, parcels, choose) {
    var form = document.getElementById("find"), said = document.getElementById("found"), where = {};
    var keys = data.fields.filter(function (field) { return field.key; })[0];
    if (!form || !keys) { return; }
    keys.values.forEach(function (value, i) {
      var clean = String(value === null ? "" : value).trim().toUpperCase();
      if (clean && parcels[i]) { (where[clean] = where[clean] || []).push(i); }
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var asked = form.elements.key.value.trim().toUpperCase(), hits = where[asked] || [];
      if (!hits.length && asked.length > 3) {
        hits = Object.keys(where).filter(function (key) { return key.indexOf(asked) >= 0; }).slice(0, 50)
          .reduce(function (all, key) { return all.concat(where[key]); }, []);
      }
      if (hits.length) { choose(hits[0], null); }
      var text = hits.length ? (hits.length === 1 ? data.text.found_one : data.text.found_many) : data.text.found_none;
      said.textContent = text.replace("{n}", hits.length).replace("{key}", asked);
    });
  }

  /* Draw everything that ``data`` holds on folium's map; marks the page with the number of parcels drawn. */
  function start(map, id) {
    var data = JSON.parse(document.getElementById(id).textContent), write = formatter(data.locale);
    L.control.zoom({ zoomInTitle: data.text.zoom_in, zoomOutTitle: data.text.zoom_out }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    var credit = L.control.attribution({ prefix: false }).addTo(map).getContainer();
    credit.textContent = data.attribution;
    map.fitBounds(data.frame, { padding: [12, 12], animate: false });
    background(map, data.background);
    var paper = L.canvas({ padding: 0.25, tolerance: 2 }), fills = data.classes.map(fill), group = L.featureGroup(), drawn = 0;
    var parcels = polygons(data.parcels).map(function (shape, i) {
      if (!shape.length) { return null; }
      var style = data.classes[data.codes[i]];
      drawn += 1;
      return new L.Polygon(shape, {
        renderer: paper, color: style.ink, weight: data.line, opacity: 0.9, fillColor: fills[data.codes[i]],
        fillOpacity: 1, smoothFactor: 0.5, parcel: i
      });
    });
    parcels.forEach(function (one) { if (one) { group.addLayer(one); } });
    var chosen = null;
    function choose(i, where) {
      if (chosen) { chosen.remove(); }
      if (!where) { map.fitBounds(parcels[i].getBounds(), { maxZoom: 18, animate: false }); }
      chosen = L.polygon(parcels[i].getLatLngs(), { renderer: paper, color: "#000", weight: 4, fill: false, interactive: false }).addTo(map);
      L.popup({ maxWidth: 340 }).setLatLng(where || parcels[i].getBounds().getCenter()).setContent(popup(data, i, write)).openOn(map);
    }
    group.on("click", function (event) { choose(event.propagatedFrom.options.parcel, event.latlng); });
    group.addTo(map);
    map.on("popupopen", function (event) {
      var button = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (button) { button.setAttribute("aria-label", data.text.close); }
    });
    map.on("popupclose", function () { if (chosen) { chosen.remove(); chosen = null; } });
    if (data.problems) { problems(map, data, parcels, choose); }
    search(data, parcels, choose);
    map.setMinZoom(Math.max(0, map.getZoom() - 3));
    var box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", data.text.map);
    box.setAttribute("aria-describedby", "alt");
    requestAnimationFrame(function () { document.documentElement.setAttribute("data-drawn", String(drawn)); });
  }

  return { start: start };
})();
