'use client';

import { useEffect, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { registerServiceWorker } from '../device/service-worker-registration.ts';

/**
 * The page's HTML is the same for every path, so routes are drawn only after the first effect: before it the
 * browser's path must not be read, or hydration would differ.
 */
export function ClinicApp() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    setShown(true);
    registerServiceWorker(() => undefined).catch(reportError);
  }, []);
  return <main>{shown && <ClinicRoutes />}</main>;
}

function ClinicRoutes() {
  return (
    <Switch>
      <Route path="/c/patients/:id">{({ id }) => <p>{id}</p>}</Route>
      <Route path="/c/*?">
        <p>Hikma Health</p>
      </Route>
      <Route path="/p/:id">{({ id }) => <Redirect to={`/c/patients/${id}`} replace />}</Route>
      <Route path="/join/:code">{({ code }) => <p>{code}</p>}</Route>
      <Route>
        <Redirect to="/c" replace />
      </Route>
    </Switch>
  );
}
