import { PortInUseError } from './wire/http-server.ts';

/** A port that was asked for must be free; a default that is taken gives way to any free one. */
export interface PortChoice {
  readonly port: number;
  readonly asked: boolean;
}

export const ANY_FREE: PortChoice = { port: 0, asked: true };

/** The port after it; any free one when that is any free one. */
export const nextPort = ({ port, asked }: PortChoice): PortChoice => ({ port: port === 0 ? 0 : port + 1, asked });

/** Called with what was meant to listen on `port`, and listens on `instead`. */
export type PortGaveWay = (name: string, port: number, instead: number) => void;

/** @throws PortInUseError when the port was asked for and is taken. */
export async function onPort<Started>(
  name: string,
  { port, asked }: PortChoice,
  startOn: (port: number) => Promise<Started & { readonly port: number }>,
  gaveWay: PortGaveWay,
): Promise<Started & { readonly port: number }> {
  try {
    return await startOn(port);
  } catch (error) {
    if (asked || !(error instanceof PortInUseError)) throw error;
    const started = await startOn(0);
    gaveWay(name, port, started.port);
    return started;
  }
}
