/** Version of the messages. A request of another version is answered `unsupported-version`. */
export const PROTOCOL_VERSION = 1;
