import { join } from 'node:path';
import type { Guest } from '../cli/session/open-session.ts';
import type { DoorSettings, NetworkDoor } from '../doors/door.ts';
import { examineNoPage } from '../doors/http/examination.ts';
import { plain, type Refuse, type Routes } from '../doors/http/exchange.ts';
import type { HttpServices } from '../doors/http/http-door.ts';
import { NetworkDoors } from '../doors/network-doors.ts';
import type { SshHostKeys } from '../doors/ssh/host-keys.ts';
import { requestFailed } from '../events/doors.ts';
import type { Owner } from './owner.ts';

export type RunningDoors = {
  /** Sends everybody away who has come in, and lets nobody in until `resume`. */
  suspend(): void;
  resume(): Promise<void>;
  /** Sends everybody away who has come in. */
  close(): void;
};

/** Opens the doors of the configuration, and from now on as each commit says. What could not be opened is an event. */
export async function startDoors(owner: Owner): Promise<RunningDoors> {
  const { configuration, journal, reception, state } = owner;
  let keys: SshHostKeys | undefined;
  const hostKeys = async (): Promise<SshHostKeys> => {
    const { SshHostKeys } = await import('../doors/ssh/host-keys.ts');
    keys ??= new SshHostKeys(state.sshHostKey);
    return keys;
  };
  const historyFileOf = ({ account }: Guest): string => join(state.path, `history-${account}`);
  const watched = {
    system: () => owner.system,
    policyNamed: (name: string) => configuration.view.find('server-policy policy', null, name),
  };
  const openHttp = async (
    settings: () => DoorSettings,
    routesOf: () => Promise<Routes>,
    refuse: Refuse,
    more: Pick<HttpServices, 'examine' | 'staying' | 'shut'> = { examine: examineNoPage },
  ): Promise<NetworkDoor> => {
    const { openHttpDoor } = await import('../doors/http/http-door.ts');
    const { OwnCertificate } = await import('../doors/http/certificate/tls-files.ts');
    return await openHttpDoor(settings, {
      routes: await routesOf(),
      refuse,
      ...more,
      certificate: new OwnCertificate(state.httpCertificate),
      failed: (path, reason) => journal.record(requestFailed({ door: settings().name, path, reason })),
    });
  };
  // What serves a door is loaded with the first of its type.
  const doors = new NetworkDoors(
    {
      async ssh(settings) {
        const { openSshDoor } = await import('../doors/ssh/ssh-door.ts');
        return await openSshDoor(settings, { keeper: reception, hostKeys: await hostKeys(), historyFileOf });
      },
      async http(settings) {
        const { apiRoutes } = await import('../doors/http/api-routes.ts');
        const { refuseAsJson } = await import('../doors/http/json.ts');
        const { watchingRoutes } = await import('../doors/http/watching.ts');
        const routes = async (): Promise<Routes> =>
          apiRoutes(owner.language, reception, watchingRoutes(watched));
        return await openHttp(settings, routes, refuseAsJson);
      },
      async page(settings) {
        const { examineOwnPage } = await import('../doors/http/examination.ts');
        const { refuseAsJson } = await import('../doors/http/json.ts');
        const { openPage } = await import('../doors/http/page/page.ts');
        const page = await openPage(owner.language, reception, { watched, configuration, settings });
        return await openHttp(settings, async () => page.routes, refuseAsJson, {
          examine: examineOwnPage,
          staying: page.staying,
          shut: () => page.close(),
        });
      },
      async metrics(settings) {
        const { watchingRoutes } = await import('../doors/http/watching.ts');
        return await openHttp(settings, async () => watchingRoutes(watched), plain);
      },
    },
    (event) => journal.record(event),
  );
  owner.doors = {
    get doors() {
      return doors.doors;
    },
    async sshHostKeys() {
      return (await hostKeys()).public;
    },
    async httpCertificate() {
      const { fingerprintOf, OwnCertificate } = await import('../doors/http/certificate/tls-files.ts');
      const pair = new OwnCertificate(state.httpCertificate).get();
      return { certificate: pair.certificate, fingerprint: fingerprintOf(pair) };
    },
  };
  configuration.alsoDrive((compiled) => doors.apply(compiled.doors));
  await doors.apply(configuration.compiled.doors);
  return {
    suspend: () => doors.suspend(),
    async resume() {
      await doors.apply(configuration.compiled.doors);
    },
    close() {
      owner.doors = undefined;
      doors.close();
    },
  };
}
