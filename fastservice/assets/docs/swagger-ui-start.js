// Starts Swagger UI as the page's `data-` attributes say.
"use strict";

(() => {
  const place = document.getElementById("swagger-ui");
  const { clientId = "", audience, scopes = "" } = place.dataset;
  const ui = SwaggerUIBundle({
    domNode: place,
    url: "openapi.json",
    oauth2RedirectUrl: new URL("docs/oauth2-redirect", location.href).href,
    deepLinking: true,
    displayRequestDuration: true,
    // It would send the document to a server of others.
    validatorUrl: null,
  });
  ui.initOAuth({
    clientId,
    scopes: scopes.split(" ").filter(Boolean),
    usePkceWithAuthorizationCodeGrant: true,
    // Auth0 gives tokens for this API only to who names it.
    additionalQueryStringParams: audience ? { audience } : {},
  });
})();
