import type { RedisOptions } from "ioredis";
import { Discoverers } from "moleculer";

const HEARTBEAT_SECONDS = 2;
/** A node that is silent for so long has left; the others look every heartbeat, so they know within nine seconds. */
const DEAD_AFTER_SECONDS = 6;
const STOP_WITHIN_MS = 1_000;
/** What is known of a node expires after 30 minutes. */
const RENEW_EVERY_MS = 20 * 60_000;

/**
 * Moleculer's Redis discoverer, which tells changes to the other nodes at once instead of letting them find out at
 * their next heartbeat, and which stops while Redis is out of reach, too.
 */
export class RedisDiscoverer extends Discoverers.Redis {
	#hasLeft = false;

	constructor(redis: RedisOptions) {
		super({
			redis: { ...redis, maxRetriesPerRequest: 1 },
			heartbeatInterval: HEARTBEAT_SECONDS,
			heartbeatTimeout: DEAD_AFTER_SECONDS,
			// It would read the other nodes' CPU, which nobody here asks for, and nobody would hear that it failed.
			fullCheck: 0,
		});
	}

	/**
	 * A node that cannot be asked for now is found by its next heartbeat. Nobody listens to this promise, so a failure
	 * of it would end the process.
	 */
	override async discoverNode(nodeID: string) {
		return super.discoverNode(nodeID).catch((error: unknown) => {
			this.logger.debug(`Redis was lost while ${nodeID} was looked up:`, error);
		});
	}

	/** Keeps what is known of this node from expiring; with Redis away the next connection writes it anew. */
	override recreateInfoUpdateTimer(): void {
		clearTimeout(this.infoUpdateTimer);
		this.infoUpdateTimer = setTimeout(() => void this.sendLocalNodeInfo(), RENEW_EVERY_MS).unref();
	}

	/** From now on the other nodes are told that nothing runs here. What they have sent already still finds its service. */
	async leave(): Promise<void> {
		this.#hasLeft = true;
		await this.sendLocalNodeInfo();
	}

	/** @param nodeID who asked; without it, everybody is told */
	override async sendLocalNodeInfo(nodeID?: string): Promise<void> {
		// Any change since would have the services listed again.
		if (this.#hasLeft) {
			Object.assign(this.registry, { localNodeInfoInvalidated: false });
			this.registry.regenerateLocalRawInfo(true, true);
		}
		const info = this.broker.getLocalNodeInfo();
		// Whoever hears of a node that has no heartbeat yet takes it for dead.
		await this.sendHeartbeat();
		await this.transit?.sendNodeInfo(info, nodeID);
		await super.sendLocalNodeInfo(nodeID);
	}

	/** What cannot be taken back from Redis now expires there. */
	override async localNodeDisconnected(): Promise<void> {
		await super.localNodeDisconnected().catch((error: unknown) => this.logger.debug("Left without a word:", error));
	}

	override async stop(): Promise<void> {
		const giveUp = setTimeout(() => this.client.disconnect(), STOP_WITHIN_MS);
		await super.stop().catch(() => this.client.disconnect());
		clearTimeout(giveUp);
	}
}
