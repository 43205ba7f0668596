/** To be built. */
export {};
