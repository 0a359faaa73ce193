package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FacetCounterTest {
  private static final FieldType TYPE = new FieldType();

  static {
    TYPE.setTokenized(false);
    TYPE.setIndexOptions(IndexOptions.DOCS);
    TYPE.setDocValuesType(DocValuesType.SORTED);
    TYPE.freeze();
  }

  /** A leaf for each list of targets; an empty one stands for an entry without. */
  private static DirectoryReader index(Directory directory, List<List<String>> leaves)
      throws IOException {
    IndexWriterConfig config = new IndexWriterConfig();
    config.setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (List<String> leaf : leaves) {
        for (String target : leaf) {
          Document document = new Document();
          if (!target.isEmpty()) {
            document.add(new Field(Member.TARGET.word(), new BytesRef(target), TYPE));
          }
          writer.addDocument(document);
        }
        writer.commit();
      }
    }
    return DirectoryReader.open(directory);
  }

  private static List<String> targets(Random random, int count, String prefix) {
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      targets.add(random.nextInt(10) == 0 ? "" : prefix + random.nextInt(count * 2));
    }
    return targets;
  }

  /** Small leaves come before and after large ones, so that all are counted in the same ranges. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void rangesOfValuesCountedSideBySideMakeOneCount(int threads) throws IOException {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    List<List<String>> leaves =
        List.of(
            targets(random, 50, "/t/"),
            targets(random, 2 * FacetCounter.SHARED, "/t/"),
            targets(random, 50, "/z/"),
            targets(random, 2 * FacetCounter.SHARED, "/s/"),
            targets(random, 50, "/a/"));
    Map<String, Long> expected = new TreeMap<>();
    for (List<String> leaf : leaves) {
      leaf.forEach(target -> expected.merge(target, 1L, Long::sum));
    }
    FacetCounter counter = new FacetCounter(List.of(Member.TARGET), threads);
    try (Directory directory = new ByteBuffersDirectory();
        DirectoryReader reader = index(directory, leaves)) {
      for (int i = 0; i < leaves.size(); i++) {
        LeafReader leaf = reader.leaves().get(i).reader();
        if (i == 2) {
          counter.add(leaf, DocIdSetIterator.all(leaf.maxDoc()), Deadline.none());
        } else {
          counter.addAll(leaf, Deadline.none());
        }
      }
    }

    Facets all = counter.top(Integer.MAX_VALUE);
    assertThat(
            all.top().stream()
                .collect(
                    Collectors.toMap(
                        facet -> facet.values().getFirst() == null ? "" : facet.values().getFirst(),
                        Facets.Facet::count)))
        .as("seed " + seed)
        .isEqualTo(expected);
    assertThat(all.distinct()).isEqualTo(expected.size());
    assertThat(all.total()).isEqualTo(leaves.stream().mapToLong(List::size).sum());
    assertThat(counter.top(7).top()).as("seed " + seed).isEqualTo(all.top().subList(0, 7));
  }

  @Test
  void aLeafWithoutTheMemberCountsAsEntriesWithout() throws IOException {
    FacetCounter counter = new FacetCounter(List.of(Member.TARGET), 2);
    try (Directory directory = new ByteBuffersDirectory();
        DirectoryReader reader = index(directory, List.of(List.of("", "")))) {
      counter.addAll(reader.leaves().getFirst().reader(), Deadline.none());
    }
    assertThat(counter.top(1).top()).singleElement().extracting(Facets.Facet::count).isEqualTo(2L);
  }
}
