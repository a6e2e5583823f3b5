/* To be loaded into a program by `node --import`: root may do anything, so a test of rights runs it as a user that is nobody. */
process.setgroups!([])
process.setgid!(65534)
process.setuid!(65534)
