import { hash } from "node:crypto";
import type { Channel } from "../../contracts/notifications.ts";

/** By what an address is remembered where it must not be kept: for the dedupe, and once nothing may be sent to it. */
export const recipientHash = (channel: Channel, address: string): string =>
	hash("sha256", `${channel}:${address.toLowerCase()}`);
