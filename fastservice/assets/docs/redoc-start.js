// Starts ReDoc.
"use strict";

(() => {
  const font = "system-ui, sans-serif";
  const options = {
    nativeScrollbars: true,
    // Descriptions may hold HTML.
    sanitize: true,
    theme: {
      typography: {
        fontFamily: font,
        headings: { fontFamily: font },
        code: { fontFamily: "ui-monospace, monospace" },
      },
    },
  };
  Redoc.init("openapi.json", options, document.getElementById("redoc"));
})();
