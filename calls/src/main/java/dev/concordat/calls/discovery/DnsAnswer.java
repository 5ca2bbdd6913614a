package dev.concordat.calls.discovery;

import java.util.List;
import org.xbill.DNS.Record;

/// What DNS says to one question.
///
/// @param records the records that were asked for; none when there are none
/// @param ttl how long that is good for, in seconds
/// @param beside records that came along unasked
record DnsAnswer(List<Record> records, long ttl, List<Record> beside) {}
